// The picture of a live figure in the page. Every picture is drawn by the kernel; while the reader rests, those that the
// next steps of the controls would show are fetched, so that such a step needs no way to the kernel and back.

const KEPT = 400; // pictures, some 40 kB each; more than are wanted at one place, else they would drive each other out
const AT_ONCE = 4; // in one message: after some 30 ms the kernel is free for the reader again
const FAR = 160; // steps to either side of the control that was moved last
const NEAR = 5; // and of each other
const REST = 100; // ms without a step before pictures are fetched

/** Return the number of the step at which a control stands; a control without steps stands at its value. */
function place(control) {
  const index = control.get("index");
  if (index !== undefined) return index;
  const step = control.get("step");
  return step ? Math.round((control.get("value") - control.get("min")) / step) : control.get("value");
}

/** Return how many places a control has, 0 when they cannot be counted. */
function places(control) {
  if (control.get("index") !== undefined) return control.get("_options_labels").length;
  const step = control.get("step");
  return step ? Math.round((control.get("max") - control.get("min")) / step) + 1 : 0;
}

/** Return the names of the nearest pictures that have not been asked for. */
function missing(controls, moved, frames) {
  const here = controls.map(place);
  const names = [];
  for (let away = 1; away <= FAR && names.length < AT_ONCE; away++) {
    for (const [k, control] of controls.entries()) {
      if (k !== moved && away > NEAR) continue;
      for (const there of [here[k] + away, here[k] - away]) {
        const name = JSON.stringify(here.with(k, there));
        if (there >= 0 && there < places(control) && !frames.has(name)) names.push(name);
      }
    }
  }
  return names.slice(0, AT_ONCE);
}

function keep(frames, name, frame) {
  frames.delete(name);
  frames.set(name, frame);
  if (frames.size > KEPT) frames.delete(frames.keys().next().value);
}

export default () => {
  const frames = new Map(); // by name; null where one has been asked for

  async function render({ model, el, host, signal }) {
    const picture = el.appendChild(document.createElement("img"));
    const line = el.appendChild(document.createElement("div"));
    picture.style.cssText = "display: block; max-width: 100%; height: auto";
    line.style.cssText = "padding-left: 3em";
    line.setAttribute("role", "status");
    let controls = [];
    let moved, timer, waiting, visible; // moved: the number of the control that was moved last

    function show() {
      const now = model.get("now");
      const frame = frames.get(JSON.stringify(controls.map(place))) ?? now;
      if (picture.src !== frame.picture) picture.src = frame.picture;
      if (line.textContent !== frame.text) picture.alt = line.textContent = frame.text;
    }

    function fetchMissing() {
      timer = undefined;
      if (waiting || !visible || !model.get("ahead")) return;
      const names = missing(controls, moved, frames);
      if (!names.length) return;
      for (const name of names) keep(frames, name, null);
      waiting = true;
      model.send({ names });
    }

    function rest() {
      clearTimeout(timer);
      timer = setTimeout(fetchMissing, REST);
    }

    function receive() {
      const now = model.get("now");
      if (model.get("ahead")) keep(frames, now.name, now);
      show();
    }

    model.on("change:now", receive);
    model.on("msg:custom", (message) => {
      for (const frame of message.frames) keep(frames, frame.name, frame);
      waiting = false;
      show();
      if (!timer) fetchMissing();
    });
    receive();
    controls = await Promise.all(model.get("controls").map((reference) => host.getModel(reference)));
    moved = controls.length - 1;
    for (const [k, control] of controls.entries()) {
      for (const trait of ["change:value", "change:index"]) {
        control.on(trait, () => {
          moved = k;
          show();
          rest();
        });
      }
    }
    const observer = new IntersectionObserver((entries) => {
      visible = entries.at(-1).isIntersecting;
      rest();
    });
    observer.observe(picture);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      observer.disconnect();
    });
  }

  return { render };
};
