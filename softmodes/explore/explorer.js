// What all explorers share: controls, readouts and plots. Drawn with plain DOM and SVG, so that a page needs no library.

const SVG = "http://www.w3.org/2000/svg";

export function html(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// "N_s a^2" → pieces of text, lowered or raised: <sub>/<sup> in HTML, shifted <tspan> in SVG.
function rich(text, piece) {
  return text.split(/([_^](?:\{[^}]*\}|[^\s/(),]))/).filter(Boolean).map((part) =>
    part.length > 1 && "_^".includes(part[0]) ? piece(part[0], part.slice(1).replace(/[{}]/g, "")) : part);
}
export const richHTML = (text) => rich(text, (kind, inner) => html(kind === "_" ? "sub" : "sup", {}, inner));
const richSVG = (text) => rich(text, (kind, inner) =>
  svg("tspan", { "baseline-shift": kind === "_" ? "sub" : "super", "font-size": "75%" }, inner));

export function number(value, digits = 4) {
  if (value === null || !Number.isFinite(value)) return "none";
  if (value === 0) return "0";
  const power = Math.floor(Math.log10(Math.abs(value)));
  if (power >= -3 && power < 6) return String(Number(value.toPrecision(digits))).replace("-", "−");
  const raised = String(power).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));
  return `${Number((value / 10 ** power).toPrecision(digits))}×10${raised}`;
}

// State of a page without a kernel; the same face as a widget's model.
function standalone(state) {
  const values = { ...state };
  return { get: (name) => values[name], set: (name, value) => { values[name] = value; }, save_changes() {}, on() {}, off() {} };
}

// Sliders, choices, presets and readouts around the plots. `draw` is called once a frame after anything has changed.
export function frame(root, model, plots, readouts, draw) {
  const { title, sliders, choices, presets, paper, badge: verdicts } = model.get("table");
  const names = [...sliders, ...choices].map((control) => control.name);
  const inputs = {}, outputs = {}, shown = {};
  let pending = 0, unsaved = false;

  const change = (values) => {
    unsaved = true;
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    schedule();
  };
  const schedule = () => {
    pending ||= requestAnimationFrame(() => {
      pending = 0;
      refresh();
      if (unsaved) model.save_changes();
      unsaved = false;
    });
  };

  const controls = html("div", { class: "controls" });
  for (const { name, label, unit, low, high, step } of sliders) {
    const input = html("input", { type: "range", min: low, max: high, step, name });
    outputs[name] = html("output", {});
    inputs[name] = input;
    input.addEventListener("input", () => change({ [name]: Number(input.value) }));
    controls.append(html("label", {}, html("span", {}, ...richHTML(label)), input, outputs[name]));
    outputs[name].dataset.unit = unit;
  }
  for (const { name, label, options } of choices) {
    const select = html("select", { name }, ...options.map(([value, text]) => html("option", { value }, text)));
    inputs[name] = select;
    select.addEventListener("input", () => change({ [name]: select.value }));
    controls.append(html("label", {}, html("span", {}, ...richHTML(label)), select));
  }
  const badge = html("span", { class: "badge", role: "status" });
  badge.hidden = !verdicts;
  const buttons = presets.map((preset, index) => {
    const button = html("button", { type: "button" }, ...richHTML(preset.label));
    button.addEventListener("click", () => change(presets[index].values));
    return button;
  });
  controls.append(html("div", { class: "presets" }, html("span", {}, ...richHTML(`${paper}:`)), ...buttons, badge));

  const list = html("dl", {});
  for (const [name, label, unit] of readouts) {
    shown[name] = html("data", { "data-name": name, value: "" });
    list.append(html("div", {}, html("dt", {}, ...richHTML(label)), html("dd", {}, shown[name], html("span", {}, unit ? ` ${unit}` : ""))));
  }
  const note = html("p", { class: "note", role: "status" });
  const figures = html("div", { class: "plots" }, ...plots.map((plot) => plot.node));
  const numbers = html("details", {}, html("summary", {}, "Values behind the plot"), html("div", { class: "numbers" }));
  numbers.addEventListener("toggle", schedule);
  root.replaceChildren(html("section", { class: "softmodes-explorer", "aria-label": title }, controls, figures, note, list, numbers));
  // Keys belong to the control in focus: JupyterLab would take the arrows of a slider for moves between cells.
  for (const control of root.querySelectorAll("input, select, button, summary")) control.dataset.lmSuppressShortcuts = true;

  function refresh() {
    for (const { name } of sliders) {
      const value = model.get(name);
      inputs[name].value = value;
      outputs[name].textContent = `${number(value)} ${outputs[name].dataset.unit}`.trim();
    }
    for (const { name } of choices) inputs[name].value = model.get(name);
    const at = presets.findIndex(({ values }) => Object.entries(values).every(([name, value]) =>
      Math.abs(model.get(name) - value) <= 1e-9 * Math.abs(value)));
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", index === at));
    badge.textContent = verdicts ? verdicts[at < 0 ? 1 : 0] : "";
    badge.classList.toggle("off", at < 0);
    const { results, message, table } = draw(Object.fromEntries(names.map((name) => [name, model.get(name)])));
    for (const [name] of readouts) {
      const value = Number.isNaN(results[name]) ? null : results[name] ?? null;
      shown[name].value = value ?? "";
      shown[name].textContent = typeof value === "string" ? value : number(value);
      shown[name].nextSibling.hidden = value === null;
    }
    if (note.dataset.text !== message) note.replaceChildren(...richHTML(note.dataset.text = message));
    if (numbers.open) numbers.lastChild.replaceChildren(spread(table()));
  }

  for (const name of names) model.on(`change:${name}`, schedule);
  refresh();
  return { change, stop: () => names.forEach((name) => model.off(`change:${name}`, schedule)) };
}

function spread([header, ...rows]) {
  const head = html("tr", {}, ...header.map((text) => html("th", { scope: "col" }, ...richHTML(text))));
  return html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows.map((row) =>
    html("tr", {}, ...row.map((value) => html("td", {}, typeof value === "string" ? value : number(value)))))));
}

// A plot with fixed pixel size and changeable scales. Axis: {label, low, high, log, ticks}.
export function plot(name, xAxis, yAxis) {
  const [width, height, left, right, top, bottom] = [480, 330, 58, 14, 14, 46];
  const clip = `clip-${Math.random().toString(36).slice(2)}`;
  const grid = svg("g", { class: "grid" }), above = svg("g", {});
  const [marks, labels] = [0, 1].map(() => svg("g", { "clip-path": `url(#${clip})` }));
  const node = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name },
    svg("defs", {}, svg("clipPath", { id: clip }, svg("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom }))),
    grid, svg("rect", { class: "box", x: left, y: top, width: width - left - right, height: height - top - bottom }), marks, labels, above);
  const scale = (axis, from, to) => {
    const map = axis.log ? Math.log10 : (v) => v;
    const [low, high] = [map(axis.low), map(axis.high)];
    const to_pixel = (v) => Math.max(-1e4, Math.min(1e4, from + (to - from) * (map(v) - low) / (high - low)));
    const back = (pixel) => low + (high - low) * (pixel - from) / (to - from);
    return { to_pixel, back: (pixel) => (axis.log ? 10 ** back(pixel) : back(pixel)) };
  };
  let x, y;
  const axes = (newX, newY) => {
    x = scale(newX, left, width - right);
    y = scale(newY, height - bottom, top);
    grid.replaceChildren(
      ...ticks(newX).map((v) => svg("g", {}, svg("line", { x1: x.to_pixel(v), x2: x.to_pixel(v), y1: top, y2: height - bottom }),
        svg("text", { x: x.to_pixel(v), y: height - bottom + 17, "text-anchor": "middle" }, tickText(v)))),
      ...ticks(newY).map((v) => svg("g", {}, svg("line", { x1: left, x2: width - right, y1: y.to_pixel(v), y2: y.to_pixel(v) }),
        svg("text", { x: left - 6, y: y.to_pixel(v) + 4, "text-anchor": "end" }, tickText(v)))),
      svg("text", { class: "title", x: (left + width - right) / 2, y: height - 8, "text-anchor": "middle" }, ...richSVG(newX.label)),
      svg("text", { class: "title", transform: `translate(15 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, ...richSVG(newY.label)));
  };
  axes(xAxis, yAxis);
  const own = {};  // shapes by key, made once and moved afterwards
  const shape = (key, tag, attributes, parent = marks) => {
    own[key] ??= parent.appendChild(svg(tag));
    for (const [attribute, value] of Object.entries(attributes)) own[key].setAttribute(attribute, value);
    return own[key];
  };
  return {
    node, axes,
    line(key, points, kind) {
      const path = points.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b))
        .map(([a, b], i) => `${i ? "L" : "M"}${x.to_pixel(a).toFixed(2)},${y.to_pixel(b).toFixed(2)}`).join("");
      shape(key, "path", { d: path, class: kind });
    },
    dot(key, place, kind, label = "", lift = 7, style = "") {
      const hidden = !place || !place.every(Number.isFinite);
      shape(key, "circle", hidden ? { visibility: "hidden" } :
        { visibility: "visible", cx: x.to_pixel(place[0]), cy: y.to_pixel(place[1]), r: 5, class: kind, style });
      if (label) shape(`${key} label`, "text", hidden ? { visibility: "hidden" } :
        { visibility: "visible", class: kind, y: y.to_pixel(place[1]) - lift,
          ...(x.to_pixel(place[0]) > 0.8 * width ? { x: x.to_pixel(place[0]) - 8, "text-anchor": "end" } :
            { x: x.to_pixel(place[0]) + 8, "text-anchor": "start" }) }, labels).replaceChildren(...richSVG(label));
    },
    cloud(key, points, kind) {  // many points as one path of dots
      const d = points.map(([a, b]) => `M${x.to_pixel(a).toFixed(1)},${y.to_pixel(b).toFixed(1)}h0`).join("");
      shape(key, "path", { d, class: `cloud ${kind}` });
    },
    arrows(key, pairs, kind) {
      const d = pairs.map(([from, to]) => {
        const [x1, y1, x2, y2] = [x.to_pixel(from[0]), y.to_pixel(from[1]), x.to_pixel(to[0]), y.to_pixel(to[1])];
        const turn = Math.atan2(y2 - y1, x2 - x1), size = Math.min(5, Math.hypot(x2 - x1, y2 - y1) / 2);
        const barb = (a) => `${(x2 - size * Math.cos(turn + a)).toFixed(1)},${(y2 - size * Math.sin(turn + a)).toFixed(1)}`;
        return `M${x1.toFixed(1)},${y1.toFixed(1)}L${x2.toFixed(1)},${y2.toFixed(1)}M${barb(0.5)}L${x2.toFixed(1)},${y2.toFixed(1)}L${barb(-0.5)}`;
      }).join("");
      shape(key, "path", { d, class: `arrows ${kind}` });
    },
    band(key, from, to) {
      const [a, b] = [x.to_pixel(from), x.to_pixel(to)];
      shape(key, "rect", { class: "band", x: a, width: Math.max(0, b - a), y: top, height: height - top - bottom });
    },
    arrow(key, at, label) {
      const visible = Number.isFinite(at) ? "visible" : "hidden", px = Number.isFinite(at) ? x.to_pixel(at) : 0;
      shape(key, "path", { visibility: visible, class: "arrow", d: `M${px},${top + 34}V${top + 4}m-4,8l4,-8l4,8` }, above);
      const side = px > 0.8 * width ? { x: px - 6, "text-anchor": "end" } : { x: px + 6, "text-anchor": "start" };
      shape(`${key} label`, "text", { visibility: visible, ...side, y: top + 32 }, above).replaceChildren(...richSVG(label));
    },
    drag(move) {
      node.addEventListener("pointerdown", (event) => {
        const follow = (e) => {
          const area = node.getBoundingClientRect();
          move(x.back((e.clientX - area.left) * width / area.width), y.back((e.clientY - area.top) * height / area.height));
        };
        follow(event);
        node.setPointerCapture(event.pointerId);
        node.addEventListener("pointermove", follow);
        node.addEventListener("pointerup", () => node.removeEventListener("pointermove", follow), { once: true });
      });
      node.querySelector(".box").classList.add("drag");
    },
  };
}

const tickText = (value) => number(value).replace(/^1×/, "");

function ticks({ low, high, log, ticks: given }) {
  if (given) return given;
  if (log) {
    const powers = Array.from({ length: 40 }, (_, i) => 10 ** (i - 15));
    return powers.filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9));
  }
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
