// A network with one hidden layer, its losses and its training step, as Keras 3 computes them over TensorFlow in float32.
// Nothing here knows of the page: tests run this file in Node.js beside Keras.

// A loss that takes its input for a probability keeps it between these two, the nearest float32 to 1e-7 and 1 - 1e-7.
export const LOW = Math.fround(1e-7);
export const HIGH = Math.fround(1 - 1e-7);
export const BATCH = 32;

export const sigmoid = (z) => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)));
const sum = (values) => values.reduce((total, value) => total + value, 0);
const mean = (values) => sum(values) / values.length;
export const largest = (values) => values.reduce((best, value, k) => (value > values[best] ? k : best), 0);

export function softmax(z) {
  const top = Math.max(...z);
  const e = z.map((value) => Math.exp(value - top));
  const total = sum(e);
  return e.map((value) => value / total);
}

const ACTIVATIONS = { // each with its slope
  none: [(h) => h, () => 1],
  step: [(h) => (h > 0 ? 1 : 0), () => 0],
  relu: [(h) => Math.max(h, 0), (h) => (h > 0 ? 1 : 0)],
  sigmoid: [sigmoid, (h) => sigmoid(h) * sigmoid(-h)],
  tanh: [Math.tanh, (h) => 1 - Math.tanh(h) ** 2],
};

/** Return how many numbers the last layer has. */
export const outputs = ({ loss }, classes) =>
  classes === 2 && ["binary_crossentropy", "mean_squared_error"].includes(loss) ? 1 : classes;

/** Whether Keras looks behind the last activation and gives the loss its logits; it does so for its own two. */
export const seenThrough = ({ end, loss }) => ["sigmoid", "softmax"].includes(end) && loss !== "mean_squared_error";

/** Whether the loss computes from logits. */
export const fromLogits = (setting) => seenThrough(setting) || (setting.from_logits && setting.loss !== "mean_squared_error");

/** Return the output above which a single output means class 1. */
export const evenOdds = (setting) => (setting.end === "none" && fromLogits(setting) ? 0 : 0.5);

/** Return the model's outputs for its logits. */
export function outputOf({ end }, z) {
  if (end === "none") return z;
  return end.endsWith("sigmoid") ? z.map(sigmoid) : softmax(z);
}

const LOSSES = { // of the numbers v that the loss is given and the targets y, one-hot or a single 0 or 1: loss and slopes
  mean_squared_error: (v, y) => [mean(v.map((p, k) => (p - y[k]) ** 2)), v.map((p, k) => (2 * (p - y[k])) / v.length)],

  binary_crossentropy(v, y, logits) {
    if (logits) {
      const losses = v.map((z, k) => Math.max(z, 0) - y[k] * z + Math.log1p(Math.exp(-Math.abs(z))));
      return [mean(losses), v.map((z, k) => (sigmoid(z) - y[k]) / v.length)];
    }
    const p = v.map(clipped);
    const losses = p.map((value, k) => -y[k] * Math.log(value) - (1 - y[k]) * Math.log(1 - value));
    return [mean(losses), p.map((value, k) => (inside(v[k]) * ((1 - y[k]) / (1 - value) - y[k] / value)) / v.length)];
  },

  categorical_crossentropy(v, y, logits) {
    if (logits) return fromSoftmax(v, y);
    const total = sum(v); // Keras makes the outputs sum to 1 before it clips them
    const q = v.map((value) => value / total);
    const slopes = q.map((value, k) => (y[k] ? -inside(value) / clipped(value) : 0));
    const along = sum(slopes.map((slope, k) => slope * q[k]));
    return [-sum(y.map((one, k) => one && Math.log(clipped(q[k])))), slopes.map((slope) => (slope - along) / total)];
  },

  sparse_categorical_crossentropy(v, y, logits) {
    if (logits) return fromSoftmax(v, y);
    const p = v.map(clipped); // Keras clips, and takes the logarithms for logits
    const [loss, slopes] = fromSoftmax(p.map(Math.log), y);
    return [loss, slopes.map((slope, k) => (inside(v[k]) * slope) / p[k])];
  },
};

const clipped = (p) => (Number.isNaN(p) ? p : Math.min(Math.max(p, LOW), HIGH));
const inside = (p) => (p >= LOW && p <= HIGH ? 1 : 0);

function fromSoftmax(z, y) {
  const top = Math.max(...z);
  const loss = top + Math.log(sum(z.map((value) => Math.exp(value - top)))) - sum(z.map((value, k) => value * y[k]));
  return [loss, softmax(z).map((p, k) => p - y[k])];
}

/** Return the loss of one example and its slope by each logit. */
export function lossAndSlopes(setting, z, label) {
  const o = outputOf(setting, z).map(Math.fround);
  const y = z.length === 1 ? [label] : z.map((_, k) => (k === label ? 1 : 0));
  const behind = seenThrough(setting);
  const [loss, slopes] = LOSSES[setting.loss](behind ? z : o, y, fromLogits(setting));
  if (behind || setting.end === "none") return [loss, slopes];
  if (setting.end.endsWith("sigmoid")) return [loss, slopes.map((slope, k) => slope * o[k] * (1 - o[k]))];
  const along = sum(slopes.map((slope, k) => slope * o[k]));
  return [loss, slopes.map((slope, k) => o[k] * (slope - along))];
}

/** Return a function that gives numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Return a layer as Keras starts it: weights uniform as Glorot and Bengio say, biases of 0. */
function layer(inputs, units, random) {
  const limit = Math.sqrt(6 / (inputs + units));
  const kernel = Float32Array.from({ length: inputs * units }, () => limit * (2 * random() - 1));
  return { inputs, units, kernel, bias: new Float32Array(units) };
}

/** Return what a layer makes of x: kernel[i * units + k] leads from input i to unit k. */
function through({ inputs, units, kernel, bias }, x) {
  const found = new Array(units);
  for (let k = 0; k < units; k++) {
    let total = bias[k];
    for (let i = 0; i < inputs; i++) total += x[i] * kernel[i * units + k];
    found[k] = total;
  }
  return found;
}

/** A network in training. Its setting may change at any time, but for what makes another network. */
export class Training {
  /** `points` are examples: [feature, feature, label]. */
  constructor(points, setting) {
    this.points = points;
    this.setting = setting;
    this.classes = 1 + Math.max(...points.map(([, , label]) => label));
    this.random = randomNumbers(setting.seed);
    this.hidden = layer(2, setting.units, this.random);
    this.last = layer(setting.units, outputs(setting, this.classes), this.random);
    this.steps = 0;
    this.order = [];
    this.first = this.facts().loss;
  }

  /** Return the logits of an example, with what lies on the way to them. */
  forward(x) {
    const [activation] = ACTIVATIONS[this.setting.activation];
    const h = through(this.hidden, x);
    const a = h.map(activation);
    return { h, a, z: through(this.last, a) };
  }

  output(x) {
    return outputOf(this.setting, this.forward(x).z);
  }

  /** Return the places of the next batch; every epoch has an order of its own. */
  nextBatch() {
    if (!this.order.length) {
      this.order = [...this.points.keys()];
      for (let k = this.order.length - 1; k > 0; k--) {
        const other = Math.floor(this.random() * (k + 1));
        [this.order[k], this.order[other]] = [this.order[other], this.order[k]];
      }
    }
    return this.order.splice(0, BATCH);
  }

  /** Take one step of plain gradient descent on a batch. */
  step(batch = this.nextBatch()) {
    const { hidden, last } = this;
    const [, slopeOf] = ACTIVATIONS[this.setting.activation];
    const layers = [hidden, last].map(({ kernel, bias }) => [kernel, bias].map((part) => new Float64Array(part.length)));
    const [[hiddenKernel, hiddenBias], [lastKernel, lastBias]] = layers;
    for (const place of batch) {
      const x = this.points[place];
      const { h, a, z } = this.forward(x);
      const [, slopes] = lossAndSlopes(this.setting, z, x[2]);
      for (let k = 0; k < hidden.units; k++) {
        let back = 0;
        for (let j = 0; j < last.units; j++) {
          lastKernel[k * last.units + j] += a[k] * slopes[j];
          back += last.kernel[k * last.units + j] * slopes[j];
        }
        back *= slopeOf(h[k]);
        hiddenKernel[k] += x[0] * back;
        hiddenKernel[hidden.units + k] += x[1] * back;
        hiddenBias[k] += back;
      }
      slopes.forEach((slope, j) => (lastBias[j] += slope));
    }
    const rate = this.setting.learning_rate / batch.length;
    [hidden, last].forEach(({ kernel, bias }, place) => {
      [kernel, bias].forEach((part, k) => layers[place][k].forEach((slope, i) => (part[i] -= rate * slope)));
    });
    this.steps += 1;
  }

  /** Return the class of an output when a single one is compared with a border. */
  classOf(output, border) {
    return output.length === 1 ? Number(output[0] > border) : largest(output);
  }

  /** Return what can be seen of the network on all examples. */
  facts() {
    const { setting, points } = this;
    const [, slopeOf] = ACTIVATIONS[setting.activation];
    const alive = new Set();
    const logits = [];
    let [loss, held, reported, right] = [0, 0, 0, 0];
    for (const x of points) {
      const { h, z } = this.forward(x);
      const [ofThis, slopes] = lossAndSlopes(setting, z, x[2]);
      const output = outputOf(setting, z);
      h.forEach((value, k) => (slopeOf(value) !== 0 || Number.isNaN(value)) && alive.add(k));
      logits.push(z);
      loss += ofThis / points.length;
      held += slopes.every((slope) => slope === 0);
      reported += this.classOf(output, setting.threshold) === x[2];
      right += this.classOf(output, evenOdds(setting)) === x[2];
    }
    const count = points.length;
    return { steps: this.steps, loss, held, count, reported: reported / count, right: right / count,
      units: setting.units, dead: setting.units - alive.size, logits };
  }

  /** Return the name of the sentence that says what is seen; the first that is true. */
  reading(facts) {
    const { setting, first, last } = this;
    const { end } = setting;
    const single = last.units === 1;
    const wrongPair = end === "none" && !fromLogits(setting) && setting.loss !== "mean_squared_error";
    const asLogits = setting.from_logits && setting.loss !== "mean_squared_error";
    const found = [
      [!Number.isFinite(facts.loss) && wrongPair && setting.loss === "categorical_crossentropy", "no_number_of_sum"],
      [!Number.isFinite(facts.loss), "no_number"],
      [facts.steps === 0, "start"],
      [facts.held === facts.count && single && end.endsWith("softmax"), "softmax_of_one_still"],
      [facts.held === facts.count && wrongPair, "all_held"],
      [facts.held === facts.count, "flat"],
      [facts.held > 0 && wrongPair, "some_held"],
      [end.startsWith("own") && asLogits, "probability_as_logit"],
      [seenThrough(setting) && single && end === "softmax", "softmax_of_one"],
      [seenThrough(setting) && (end === "softmax") !== (setting.loss !== "binary_crossentropy"), "other_end"],
      [setting.activation === "relu" && facts.dead === facts.units, "dead"],
      [setting.activation === "step", "step"],
      [facts.reported.toFixed(3) !== facts.right.toFixed(3), "reported"],
      [seenThrough(setting) && asLogits, "seen_through"],
      [wrongPair, "not_told"],
      [setting.activation === "none", "straight"],
      [facts.loss < first, "falls"],
      [true, "no_lower"],
    ];
    return found.find(([holds]) => holds)[1];
  }
}
