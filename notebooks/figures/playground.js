// The playground in the page: its controls, its drawings and its time. network.js, which stands before it, computes.

const PACE = 120; // steps a second
const AT_ONCE = 12; // steps at most between two pictures, so that a slow machine answers
const CALM = 1000; // ms from picture to picture where the reader asks for reduced motion
const GRID = 44; // cells of the map to a side
const REACH = 3; // the map shows both features from -3 to 3
const KEPT = 400; // points of a curve
const BINS = 24;
const BOX = { left: 30, right: 290, top: 10, bottom: 200 }; // of a drawing, in its own 300 by 230
const COLOURS = ["#0072B2", "#D55E00", "#009E73"];
const NUMBERS = { // limits and steps of what is typed
  units: { min: 1, max: 16, step: 1 },
  threshold: { min: -5, max: 5, step: 0.1 },
  learning_rate: { min: 0.01, max: 10, step: 0.01 },
  seed: { min: 0, max: 9999, step: 1 },
};
const ANOTHER_NETWORK = ["data", "units", "seed"]; // settings that start again; the others change while it trains

function make(tag, about = {}, ...children) {
  const { className, ...attributes } = about;
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const line = (colour, dashes = "none", width = 2) =>
  ({ fill: "none", stroke: colour, "stroke-width": width, "stroke-dasharray": dashes });
const three = (value) => (Math.abs(value) < 1e5 ? value.toFixed(3) : value.toExponential(1)).replace(/^-(0\.0+)$/, "$1");

/** Return a function that brings low..high to from..to. */
const scale = (low, high, from, to) => (value) => from + ((value - low) / (high - low)) * (to - from);

/** Return the outline of the mark of a class: a circle, a square, a triangle. */
function mark(label, x, y) {
  if (label === 0) return `M${x - 3.5} ${y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0`;
  if (label === 1) return `M${x - 3} ${y - 3}h6v6h-6z`;
  return `M${x} ${y - 4.5}l4.3 7.5h-8.6z`;
}

/** Return the key to a line or a mark. */
function key(words, shape) {
  return make("span", { className: "key" }, draw("svg", { "aria-hidden": "true", viewBox: "0 0 26 14" }, shape), words);
}
const lineKey = (words, style) => key(words, draw("path", { d: "M0 7H26", ...style }));
const markKey = (words, label) => key(words, draw("path", { d: mark(label, 13, 7), fill: COLOURS[label] }));

/** A drawing with a title, axes and a key below. */
class Panel {
  constructor(title, across) {
    const { left, right, top, bottom } = BOX;
    this.ticks = draw("g");
    this.moving = draw("g");
    const axes = draw("path", { d: `M${left} ${top}V${bottom}H${right}`, ...line("currentColor", "none", 1) });
    const label = draw("text", { x: right, y: 228, "text-anchor": "end" }, across);
    this.svg = draw("svg", { viewBox: "0 0 300 230", role: "img" }, this.moving, axes, this.ticks, label);
    this.drawing = make("div", { className: "drawing" }, this.svg);
    this.keys = make("div");
    this.node = make("figure", {}, make("figcaption", {}, title), this.drawing, this.keys);
    this.title = title;
  }

  /** Add a line or an outline that moves. */
  path(style) {
    return this.moving.appendChild(draw("path", style));
  }

  say(words) {
    this.svg.setAttribute("aria-label", `${this.title}. ${words}`);
  }

  /** Write the numbers at the axes: [value, place] of each. */
  tick(across, up) {
    const written = JSON.stringify([across, up]);
    if (written === this.written) return;
    this.written = written;
    this.ticks.replaceChildren(
      ...across.map(([value, x]) => draw("text", { x, y: BOX.bottom + 14, "text-anchor": "middle" }, value)),
      ...up.map(([value, y]) => draw("text", { x: BOX.left - 4, y: y + 4, "text-anchor": "end" }, value)),
    );
  }
}

/** Return the path of a field's border 0, by marching squares; field[row][column] at the nodes of the grid. */
function border(field, x, y) {
  let d = "";
  const between = (a, b) => a / (a - b);
  for (let row = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++) {
      const [a, b] = [field[row][column], field[row][column + 1]];
      const [c, e] = [field[row + 1][column], field[row + 1][column + 1]];
      const cut = [];
      if (a > 0 !== b > 0) cut.push([column + between(a, b), row]);
      if (b > 0 !== e > 0) cut.push([column + 1, row + between(b, e)]);
      if (c > 0 !== e > 0) cut.push([column + between(c, e), row + 1]);
      if (a > 0 !== c > 0) cut.push([column, row + between(a, c)]);
      for (let k = 0; k + 1 < cut.length; k += 2) {
        d += `M${x(cut[k][0]).toFixed(1)} ${y(cut[k][1]).toFixed(1)}L${x(cut[k + 1][0]).toFixed(1)} ${y(cut[k + 1][1]).toFixed(1)}`;
      }
    }
  }
  return d;
}

/** The examples, the classes' regions, and the borders: of even odds, and of the accuracy's threshold. */
class MapPanel extends Panel {
  constructor(words) {
    super(words.panels.map, "");
    this.words = words;
    this.canvas = make("canvas", { width: GRID + 1, height: GRID + 1, "aria-hidden": "true" });
    this.drawing.prepend(this.canvas);
    this.marks = COLOURS.map((fill) => this.path({ fill, stroke: "none" }));
    this.even = this.path(line("currentColor", "none", 2.5));
    this.threshold = this.path(line("currentColor", "3 4", 2.5));
    this.x = scale(-REACH, REACH, BOX.left, BOX.right);
    this.y = scale(-REACH, REACH, BOX.bottom, BOX.top);
    const places = [-2, 0, 2];
    this.tick(places.map((value) => [value, this.x(value)]), places.map((value) => [value, this.y(value)]));
  }

  start({ points, classes }) {
    this.marks.forEach((path, label) => {
      path.setAttribute("d", points.filter((point) => point[2] === label).map(([x, y]) => mark(label, this.x(x), this.y(y))).join(""));
    });
    const { keys } = this.words;
    this.keys.replaceChildren(
      ...[0, 1, 2].slice(0, classes).map((label) => markKey(keys[`class_${label}`], label)),
      lineKey(keys.even, line("currentColor", "none", 2.5)),
      ...(classes === 2 ? [lineKey(keys.threshold, line("currentColor", "3 4", 2.5))] : []),
    );
  }

  show(training) {
    const at = scale(0, GRID, -REACH, REACH);
    const nodes = Array.from({ length: GRID + 1 }, (_, k) => k);
    const output = nodes.map((row) => nodes.map((column) => training.output([at(column), -at(row)])));
    this.tint(output.map((cells) => cells.map((values) => training.classOf(values, evenOdds(training.setting)))));
    const x = scale(0, GRID, BOX.left, BOX.right);
    const y = scale(0, GRID, BOX.top, BOX.bottom);
    const cut = (level) => border(output.map((cells) => cells.map(([value]) => value - level)), x, y);
    const over = (k) => border(output.map((cells) => cells.map((values) => values[k] - Math.max(...values.filter((_, j) => j !== k)))), x, y);
    const single = training.last.units === 1;
    const { threshold } = training.setting;
    const even = evenOdds(training.setting);
    this.even.setAttribute("d", single ? cut(even) : Array.from({ length: training.last.units }, (_, k) => over(k)).join(""));
    this.threshold.setAttribute("d", single && threshold !== even ? cut(threshold) : "");
  }

  /** Colour the regions of the classes, lightly, so that the marks and lines stand out. */
  tint(classes) {
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(GRID + 1, GRID + 1);
    const colours = COLOURS.map((hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16)));
    classes.flat().forEach((label, k) => image.data.set([...colours[label], 40], 4 * k));
    context.putImageData(image, 0, 0);
  }
}

/** Curves over the steps. */
class CurvePanel extends Panel {
  constructor(words, title, curves, fixed) {
    super(words.panels[title], words.readouts.steps);
    this.fixed = fixed;
    this.curves = curves.map(([name, style]) => [name, this.path(style)]);
    this.keys.append(...curves.map(([name, style]) => lineKey(words.keys[name], style)));
  }

  show(history) {
    const seen = history.flatMap((facts) => this.curves.map(([name]) => facts[name])).filter(Number.isFinite);
    const top = this.fixed ?? nice(Math.max(...seen, 0.1));
    const steps = Math.max(history.at(-1).steps, 100);
    const x = scale(0, steps, BOX.left, BOX.right);
    const y = scale(0, top, BOX.bottom, BOX.top);
    for (const [name, path] of this.curves) {
      const there = history.filter((facts) => Number.isFinite(facts[name]));
      path.setAttribute("d", `M${there.map((facts) => `${x(facts.steps).toFixed(1)} ${y(facts[name]).toFixed(1)}`).join("L")}`);
    }
    this.tick([[0, x(0)], [steps, BOX.right - 8]], [0, top / 2, top].map((value) => [String(+value.toPrecision(2)), y(value)]));
  }
}

/** Return the next of 1, 2, 5 times a power of ten. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((times) => times * power >= value);
}

/** The logits of the examples, in two groups. */
class LogitPanel extends Panel {
  constructor(words) {
    super(words.panels.logits, "z");
    this.words = words;
    this.styles = [{ ...line(COLOURS[0]), fill: `${COLOURS[0]}40` }, { ...line(COLOURS[1], "5 3"), fill: `${COLOURS[1]}40` }];
    this.groups = this.styles.map((style) => this.path(style));
    this.even = this.path(line("currentColor", "none", 2.5));
    this.threshold = this.path(line("currentColor", "3 4", 2.5));
  }

  start(training) {
    const names = training.last.units === 1 ? ["class_0", "class_1"] : ["other_classes", "true_class"];
    const keys = names.map((name, k) => lineKey(this.words.keys[name], this.styles[k]));
    if (training.last.units === 1) {
      keys.push(lineKey(this.words.keys.even, line("currentColor", "none", 2.5)), lineKey(this.words.keys.threshold, line("currentColor", "3 4", 2.5)));
    }
    this.keys.replaceChildren(...keys);
  }

  show(training, { logits }) {
    const single = training.last.units === 1;
    const groups = [[], []];
    logits.forEach((z, place) => {
      const label = training.points[place][2];
      z.forEach((value, k) => groups[Number(single ? label === 1 : k === label)].push(value));
    });
    const finite = logits.flat().filter(Number.isFinite).map(Math.abs);
    const reach = nice(Math.max(...finite, 1));
    const counts = groups.map((values) => {
      const bins = new Array(BINS).fill(0);
      for (const value of values) bins[Math.min(Math.floor(scale(-reach, reach, 0, BINS)(value)), BINS - 1)] += 1;
      return bins;
    });
    const top = nice(Math.max(...counts.flat().filter(Number.isFinite), 10));
    const x = scale(-reach, reach, BOX.left, BOX.right);
    const y = scale(0, top, BOX.bottom, BOX.top);
    counts.forEach((bins, k) => {
      const stairs = bins.map((count, bin) => `V${y(count).toFixed(1)}H${scale(0, BINS, BOX.left, BOX.right)(bin + 1).toFixed(1)}`);
      this.groups[k].setAttribute("d", `M${BOX.left} ${BOX.bottom}${stairs.join("")}V${BOX.bottom}`);
    });
    const at = (output) => {
      const z = logitOf(training.setting, output);
      return single && Math.abs(z) <= reach ? `M${x(z)} ${BOX.top}V${BOX.bottom}` : "";
    };
    this.even.setAttribute("d", at(evenOdds(training.setting)));
    const { threshold } = training.setting;
    this.threshold.setAttribute("d", threshold === evenOdds(training.setting) ? "" : at(threshold));
    this.tick([-reach, 0, reach].map((value) => [value, Math.min(x(value), BOX.right - 6)]), [0, top].map((value) => [value, y(value)]));
  }
}

/** Return the logit at which a single output has this value; not a number where there is none. */
function logitOf({ end }, output) {
  if (end === "none") return output;
  return end.endsWith("sigmoid") ? Math.log(output / (1 - output)) : NaN;
}

/** Return what a text says of a setting, as far as it is understood; the rest stays as it was. */
function understood(name, text, now, choices) {
  if (name in choices) return choices[name].includes(text) ? text : now;
  if (name === "from_logits") return text === "true" ? true : text === "false" ? false : now;
  const { min, max, step } = NUMBERS[name];
  const value = step === 1 ? Math.round(Number(text)) : Number(text);
  return text.trim() && value >= min && value <= max ? value : now;
}

/** Return the setting that the address asks for, in its part behind #playground?. */
function fromAddress(setting, choices) {
  const [name, asked] = location.hash.split("?");
  const found = new URLSearchParams(name === "#playground" ? asked : "");
  return Object.fromEntries(Object.entries(setting).map(([each, now]) => [each, found.has(each) ? understood(each, found.get(each), now, choices) : now]));
}

/** Return the call in Python that opens a setting: what is as usual is left out. */
function asCode(setting, usual) {
  const python = (value) => (typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value));
  const told = Object.entries(setting).filter(([name, value]) => value !== usual[name]);
  return `playground(${told.map(([name, value]) => `${name}=${python(value)}`).join(", ")})`;
}

/** Return the address of this page with the setting in it, and without JupyterLab's token, which opens more. */
function asLink(setting) {
  const address = new URL(location.href);
  address.searchParams.delete("token");
  address.hash = `#playground?${new URLSearchParams(setting)}`;
  return address.href;
}

/** Show the playground in an element until the signal ends it. */
export function show(el, { points, words, setting: opened, usual, choices }, signal) {
  let setting = fromAddress(opened, choices);
  let training, history, every;
  let playing = false;
  let [taken, drawn] = [0, 0]; // when the last steps were taken and the last picture was drawn, in ms
  const fields = {};
  const panels = {
    map: new MapPanel(words),
    curve: new CurvePanel(words, "curve", [["loss", line(COLOURS[0])]]),
    accuracy: new CurvePanel(words, "accuracy", [["right", line(COLOURS[0])], ["reported", line(COLOURS[1], "3 4")]], 1),
    logits: new LogitPanel(words),
  };
  const buttons = Object.fromEntries(["play", "step", "reset"].map((name) => [name, make("button", { type: "button" }, words.buttons[name])]));
  const readouts = Object.fromEntries(Object.keys(words.readouts).map((name) => [name, make("b", { "data-readout": name })]));
  const shared = ["code", "link"].map((name) => make("textarea", { readonly: "", rows: 3, spellcheck: "false", "aria-label": words.buttons[name] }));
  const reading = make("p", { className: "reading", role: "status" });

  function restart() {
    training = new Training(points[setting.data], setting);
    history = [];
    every = 1;
    panels.map.start(training);
    panels.logits.start(training);
    update();
  }

  /** Show what there is to see now. */
  function update() {
    const facts = training.facts();
    if (history.at(-1)?.steps === facts.steps) history.pop();
    history.push(facts);
    if (history.length > KEPT) {
      every *= 2;
      history = history.filter(({ steps }, k) => steps % every === 0 || k === history.length - 1);
    }
    const numbers = {
      ...Object.fromEntries(["loss", "right", "reported"].map((name) => [name, three(facts[name])])),
      first: three(training.first), held: facts.held, count: facts.count, steps: facts.steps,
      dead: `${facts.dead} / ${facts.units}`, threshold: setting.threshold, even: evenOdds(setting),
      right_percent: Math.round(100 * facts.right),
    };
    for (const [name, element] of Object.entries(readouts)) element.textContent = numbers[name];
    panels.map.show(training);
    panels.curve.show(history);
    panels.accuracy.show(history);
    panels.logits.show(training, facts);
    const sentence = words.sentences[training.reading(facts)].replace(/{(\w+)}/g, (_, name) => numbers[name]);
    reading.textContent = sentence;
    if (!playing) for (const panel of Object.values(panels)) panel.say(sentence);
    for (const [name, element] of Object.entries(fields)) {
      if (name === "from_logits") element.checked = setting[name];
      else if (element !== document.activeElement) element.value = setting[name];
    }
    fields.from_logits.disabled = setting.loss === "mean_squared_error";
    fields.threshold.disabled = training.last.units > 1;
    shared[0].value = asCode(setting, usual);
    shared[1].value = asLink(setting);
    if (!Number.isFinite(facts.loss) && playing) pause();
  }

  /** Take another setting: what makes another network starts again, the rest changes while it trains. */
  function change(next) {
    const before = setting;
    setting = next;
    const again = ANOTHER_NETWORK.some((name) => before[name] !== next[name]);
    if (again || outputs(next, training.classes) !== training.last.units) return restart();
    training.setting = next;
    update();
  }

  function frame(now) {
    if (!playing || signal.aborted || !el.isConnected) return;
    const due = Math.min(AT_ONCE, Math.round(((now - taken) * PACE) / 1000));
    for (let k = 0; k < due; k++) training.step();
    if (due > 0) taken = now;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!calm || now - drawn > CALM) {
      drawn = now;
      update();
    }
    requestAnimationFrame(frame);
  }

  function play() {
    playing = true;
    buttons.play.textContent = words.buttons.pause;
    reading.setAttribute("aria-live", "off"); // it is announced when it has come to rest
    taken = drawn = performance.now();
    requestAnimationFrame(frame);
  }

  function pause() {
    playing = false;
    buttons.play.textContent = words.buttons.play;
    reading.setAttribute("aria-live", "polite");
    reading.textContent = "";
    requestAnimationFrame(update);
  }

  function field(name) {
    const list = choices[name];
    const typed = name === "from_logits" ? { type: "checkbox" } : { type: "number", inputmode: "decimal", ...NUMBERS[name] };
    const element = list ? make("select", {}, ...list.map((value) => make("option", { value }, words.options[value]))) : make("input", typed);
    fields[name] = element;
    element.setAttribute("aria-label", words.controls[name]); // the label's own text has the list's entries in it, too
    element.addEventListener("change", () => {
      const text = name === "from_logits" ? String(element.checked) : element.value;
      change({ ...setting, [name]: understood(name, text, setting[name], choices) });
      if (name !== "from_logits") element.value = setting[name];
    });
    if (name === "from_logits") return make("label", { className: "check" }, element, words.controls[name]);
    return make("label", {}, words.controls[name], element);
  }

  buttons.play.addEventListener("click", () => (playing ? pause() : play()));
  buttons.step.addEventListener("click", () => {
    if (playing) pause();
    training.step();
    update();
  });
  buttons.reset.addEventListener("click", () => {
    if (playing) pause();
    restart();
  });
  for (const text of shared) text.addEventListener("focus", () => text.select());
  addEventListener("hashchange", () => change(fromAddress(setting, choices)), { signal });

  const controls = make("fieldset", {}, make("legend", {}, words.buttons.settings), ...Object.keys(setting).map(field));
  const readoutRow = Object.entries(readouts).map(([name, element]) => make("span", { className: "readout" }, `${words.readouts[name]} `, element));
  const share = make("details", {}, make("summary", {}, words.buttons.share), ...shared);
  // JupyterLab leaves the keys pressed in here to the controls.
  const root = make("div", { className: "logit-lab-playground", "data-lm-suppress-shortcuts": "true" },
    controls,
    make("div", { className: "playground-row" }, ...Object.values(buttons)),
    make("div", { className: "playground-row" }, ...readoutRow),
    reading,
    make("div", { className: "panels" }, ...Object.values(panels).map((panel) => panel.node)),
    share);
  el.replaceChildren(root);
  restart();
}

export default {
  render: ({ model, el, signal }) => show(el, model.get("about"), signal),
};
