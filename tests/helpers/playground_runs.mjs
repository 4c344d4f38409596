// Trains the playground's networks in Node.js: a list of cases comes in as JSON, what became of each goes out.
// Arguments: the address of network.js, as a file of a name that ends in .mjs.

import { readFileSync } from "node:fs";

const { Training } = await import(process.argv[2]);
const weights = ({ hidden, last }) =>
  [hidden, last].flatMap(({ kernel, bias }) => [Array.from(kernel), Array.from(bias)]);

const runs = JSON.parse(readFileSync(0, "utf-8")).map(({ points, setting, steps }) => {
  const training = new Training(points, setting);
  const path = [weights(training)];
  const batches = [];
  const seen = [];
  const look = () => {
    const { logits, ...facts } = training.facts();
    seen.push({ ...facts, reading: training.reading(facts) });
  };
  look();
  for (let k = 0; k < steps; k++) {
    batches.push(training.nextBatch());
    training.step(batches.at(-1));
    look();
    path.push(weights(training));
  }
  return { path, batches, seen };
});
console.log(JSON.stringify(runs));
