// The widget in the browser: the frame with its box, sliders, the results, and the code.
//
// The state is the model's, which Python shares. Moving something changes it; Python answers with pictures. The
// notebook sends one change at a time and waits until the kernel is idle, so that drags do not queue up.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// How far the pointer moves, in pixels of the page, before it drags: a click leaves the box as it is.
const SLACK = 3;

const RESULTS = {
  _prob: ["prob", "the back projection"],
  _mask: ["mask", "above the threshold"],
  _cut_out: ["cut", "the frame in the mask"],
};

function make(tag, properties = {}, ...children) {
  const { attributes = {}, ...others } = properties;
  const element = Object.assign(document.createElement(tag), others);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const clip = (value, low, high) => Math.min(Math.max(value, low), high);

function render({ model, el }) {
  const about = model.get("_about");
  const undo = []; // what to do when the view goes

  /** Calls a function with the value of a part of the state, now and when it changes. */
  function follow(name, show) {
    const event = `change:${name}`;
    const update = () => show(model.get(name));
    model.on(event, update);
    undo.push(() => model.off(event, update));
    update();
  }

  // Changes of one frame of the screen are sent together.
  let scheduled = 0;
  undo.push(() => cancelAnimationFrame(scheduled));
  function set(name, value) {
    model.set(name, value);
    scheduled ||= requestAnimationFrame(() => {
      scheduled = 0;
      model.save_changes();
    });
  }

  /** Shows a picture of the state in an img, which keeps the last one until the next is there. */
  function showPicture(image, name) {
    let url;
    follow(name, (bytes) => {
      const last = url;
      image.src = url = URL.createObjectURL(new Blob([bytes]));
      if (last) URL.revokeObjectURL(last);
    });
    undo.push(() => URL.revokeObjectURL(url));
    return image;
  }

  const frame = frameWithBox(about.size, set, follow);
  showPicture(frame.image, "_frame");

  const results = make("div", { className: "backproj-results" });
  for (const [name, [variable, caption]] of Object.entries(RESULTS)) {
    const image = showPicture(make("img", { alt: caption, draggable: false }), name);
    results.append(
      make("figure", {}, image, make("figcaption", {}, make("code", {}, variable), `: ${caption}`)),
    );
  }

  const summary = make("div", { className: "backproj-summary", role: "status" });
  follow("_summary", (text) => (summary.textContent = text));

  const root = make(
    "div",
    { className: "backproj" },
    make(
      "div",
      { className: "backproj-top" },
      frame.place,
      controls(about, model, set, follow),
    ),
    results,
    summary,
    codeWithButton(follow),
  );
  root.style.setProperty("--ratio", about.size[0] / about.size[1]);
  // Keys are the widget's own. JupyterLab asks the element that has the focus, before those around it.
  for (const element of root.querySelectorAll("input, button, [tabindex]")) {
    element.dataset.lmSuppressShortcuts = "true";
  }
  el.append(make("div", { className: "backproj-widget" }, root));

  // Python reduces pictures to the size at which they are shown, in steps, so that few sizes come up.
  const sizes = new ResizeObserver(() => {
    const widths = [frame.image, results.querySelector("img")].map(
      ({ clientWidth }) => 64 * Math.ceil((clientWidth * devicePixelRatio) / 64),
    );
    const known = model.get("_widths");
    if (widths.every((width) => width > 0) && widths.some((width, i) => width !== known[i])) {
      set("_widths", widths);
    }
  });
  sizes.observe(root);
  undo.push(() => sizes.disconnect());
  return () => undo.forEach((step) => step());
}

/** Makes the frame, on which the pointer drags a box, and keys move it. */
function frameWithBox([width, height], set, follow) {
  const image = make("img", { alt: "frame", draggable: false });
  const rectangle = make("div", { className: "backproj-box" });
  const place = make(
    "div",
    {
      className: "backproj-frame",
      tabIndex: 0,
      role: "application",
      title: "Drag a box with the mouse or a finger. Arrow keys move it; with Shift, they change its size.",
      attributes: { "aria-label": "The frame with a box. Arrow keys move it; with Shift, they change its size." },
    },
    image,
    rectangle,
  );

  let box;
  follow("box", (now) => {
    box = now;
    const [x, y, w, h] = box;
    Object.assign(rectangle.style, {
      left: `${(100 * x) / width}%`,
      top: `${(100 * y) / height}%`,
      width: `${(100 * w) / width}%`,
      height: `${(100 * h) / height}%`,
    });
  });

  let start = null; // where the button or the finger went down, until it is up

  /** Returns the corner between pixels that is nearest to the pointer. */
  function corner({ clientX, clientY }) {
    const { left, top, width: across, height: down } = image.getBoundingClientRect();
    return [
      clip(Math.round(((clientX - left) / across) * width), 0, width),
      clip(Math.round(((clientY - top) / down) * height), 0, height),
    ];
  }

  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    start = event;
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => {
    if (!start || event.pointerId !== start.pointerId) return;
    if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < SLACK) return;
    const [[x0, y0], [x1, y1]] = [corner(start), corner(event)];
    if (x0 === x1 || y0 === y1) return;
    set("box", [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)]);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    place.addEventListener(end, () => (start = null));
  }
  place.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const step = Math.ceil(width / 100);
    const [dx, dy] = arrow.map((direction) => direction * step);
    const [x, y, w, h] = box;
    set(
      "box",
      event.shiftKey
        ? [x, y, clip(w + dx, 1, width - x), clip(h + dy, 1, height - y)]
        : [clip(x + dx, 0, width - w), clip(y + dy, 0, height - h), w, h],
    );
  });
  return { place, image };
}

/** Makes the sliders. */
function controls(about, model, set, follow) {
  const bins = group("Bins");
  about.channels.forEach((name, i) => {
    const input = slider(bins, name, `bins of ${name}`, 1, about.most_bins);
    input.addEventListener("input", () => {
      set("bins", model.get("bins").map((n, other) => (other === i ? input.valueAsNumber : n)));
    });
    follow("bins", (values) => show(input, values[i]));
  });

  const gate = group("Gate, from and to");
  about.components.forEach((name, i) => {
    const inputs = ["from", "to"].map((end) => range(`gate: ${name} ${end}`, 0, about.most[i]));
    const ends = inputs.flatMap((input) => [input, make("span", { className: "backproj-value" })]);
    gate.append(make("div", { className: "backproj-row backproj-ends" }, make("span", {}, name), ...ends));
    inputs.forEach((input, end) => {
      input.addEventListener("input", () => {
        const value = input.valueAsNumber;
        const bounds = model.get("in_range").map((bound) => [...bound]);
        bounds[end][i] = value;
        // Hue wraps around. Of others, one end takes the other along.
        const wraps = about.wraps && i === 0;
        if (!wraps && bounds[0][i] > bounds[1][i]) bounds[1 - end][i] = value;
        set("in_range", bounds);
      });
      follow("in_range", (bounds) => show(input, bounds[end][i]));
    });
  });

  const region = group("Region");
  const disc = slider(region, "disc", "diameter of the disc", 1, Math.max(31, model.get("disc")));
  disc.addEventListener("input", () => set("disc", disc.valueAsNumber));
  follow("disc", (value) => show(disc, value));

  const threshold = slider(region, "threshold", "threshold", 0, 255);
  const otsu = make("input", { type: "checkbox" });
  region.append(make("label", {}, otsu, " threshold by Otsu's method"));
  threshold.addEventListener("input", () => set("threshold", threshold.valueAsNumber));
  otsu.addEventListener("change", () => {
    set("threshold", otsu.checked ? "otsu" : threshold.valueAsNumber);
  });
  follow("threshold", (value) => {
    otsu.checked = threshold.disabled = value === "otsu";
    if (value !== "otsu") show(threshold, value);
  });
  return make("div", { className: "backproj-controls" }, bins, gate, region);
}

function group(title) {
  return make("fieldset", {}, make("legend", {}, title));
}

/** Adds a row with a slider to a group, and returns the slider. */
function slider(parent, text, label, min, max) {
  const input = range(label, min, max);
  parent.append(make("div", { className: "backproj-row" }, make("span", {}, text), input, make("span", { className: "backproj-value" })));
  return input;
}

function range(label, min, max) {
  return make("input", { type: "range", attributes: { "aria-label": label, min, max, step: 1 } });
}

/** Shows the value of a slider, and the number beside it. */
function show(input, value) {
  input.value = value;
  input.nextElementSibling.textContent = value;
}

/** Makes the code, and a button that copies it. */
function codeWithButton(follow) {
  const code = make("code");
  follow("code", (text) => (code.textContent = text));
  const button = make("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      // Not every notebook lets a page write to the clipboard: the text is selected, for Ctrl-C.
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  const title = make("div", { className: "backproj-title" }, make("span", {}, "The same in Python"), button);
  return make("div", {}, title, make("pre", { tabIndex: 0 }, code));
}

export default { render };
