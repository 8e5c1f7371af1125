import { addressees, linked, tools } from "./tools.js";

// What all explorers share: controls and readouts around the plots. Drawn with plain DOM and SVG, so that a page needs no
// library.

const SVG = "http://www.w3.org/2000/svg";

const filled = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
export const html = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

// "N_s a^2" → pieces of text, lowered or raised: <sub>/<sup> in HTML, shifted <tspan> in SVG, nothing in plain text.
function rich(text, piece) {
  return text.split(/([_^](?:\{[^}]*\}|[^\s/(),]))/).filter(Boolean).map((part) =>
    part.length > 1 && "_^".includes(part[0]) ? piece(part[0], part.slice(1).replace(/[{}]/g, "")) : part);
}
export const richHTML = (text) => rich(text, (kind, inner) => html(kind === "_" ? "sub" : "sup", {}, inner));
export const richSVG = (text) => rich(text, (kind, inner) =>
  svg("tspan", { "baseline-shift": kind === "_" ? "sub" : "super", "font-size": "75%" }, inner));
export const plain = (text) => rich(text, (kind, inner) => inner).join("");

export function number(value, digits = 4, powers = 6) {
  if (value === null || !Number.isFinite(value)) return "none";
  if (value === 0) return "0";
  const power = Math.floor(Math.log10(Math.abs(value)));
  if (power >= -3 && power < powers) return String(Number(value.toPrecision(digits))).replace("-", "−");
  const raised = String(power).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));
  return `${Number((value / 10 ** power).toPrecision(digits))}×10${raised}`.replace("-", "−");
}

// State of a page without a kernel; the same face as a widget's model.
function standalone(state) {
  const values = { ...state };
  return { lasting: true, get: (name) => values[name], set: (name, value) => { values[name] = value; }, save_changes() {}, on() {}, off() {} };
}

// From where to where each slider goes.
export const ranges = (model) => Object.fromEntries(model.get("table").sliders.map(({ name, low, high }) => [name, [low, high]]));

// Sliders, choices, presets and readouts around the plots. `draw` is called once a frame after anything has changed;
// `moved` is the slider that plays before a hand has chosen another. Returns how to change values, and how to end.
export function frame(root, model, plots, draw, moved) {
  const table = model.get("table"), { title, sliders, choices, readouts, presets, paper, badge: verdicts, class: kind } = table;
  const names = [...sliders, ...choices].map((control) => control.name), end = new AbortController();
  const inputs = {}, outputs = {}, shown = {}, pinned = {};
  let pending = 0, waiting = 0, unsaved = false, drawn;

  const change = (values) => {
    if (notice.textContent) say("");
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
  const state = () => {
    if (pending) refresh();
    const { results, table: rows } = drawn;
    return { values: Object.fromEntries(names.map((name) => [name, model.get(name)])), results, rows };
  };

  const controls = html("div", { class: "controls" });
  for (const { name, label, unit, low, high, step } of sliders) {
    const input = html("input", { type: "range", min: low, max: high, step, name, "aria-label": plain(label) });
    outputs[name] = html("output", { "aria-live": "off", "data-unit": unit });
    inputs[name] = input;
    input.addEventListener("input", () => {
      it.moved = name;
      change({ [name]: Number(input.value) });
    });
    controls.append(html("label", {}, html("span", {}, ...richHTML(label)), input, outputs[name]));
  }
  for (const { name, label, options } of choices) {
    const select = html("select", { name }, ...options.map(([value, text]) => html("option", { value }, text)));
    inputs[name] = select;
    select.addEventListener("input", () => change({ [name]: select.value }));
    controls.append(html("label", {}, html("span", {}, ...richHTML(label)), select));
  }
  const badge = html("span", { class: "badge" });
  badge.hidden = !verdicts;
  const buttons = presets.map((preset, index) => {
    const button = html("button", { type: "button" }, ...richHTML(preset.label));
    button.addEventListener("click", () => change(presets[index].values));
    return button;
  });
  if (buttons.length) controls.append(html("div", { class: "presets" }, html("span", {}, ...richHTML(`${paper}:`)), ...buttons, badge));

  const list = html("dl", {});
  for (const { name, label, unit } of readouts) {
    shown[name] = html("data", { "data-name": name, value: "" });
    pinned[name] = html("dd", { class: "before" });
    list.append(html("div", {}, html("dt", {}, ...richHTML(label)), html("dd", {}, shown[name], html("span", {}, unit ? ` ${unit}` : "")), pinned[name]));
  }
  const note = html("p", { class: "note" }), notice = html("p", { class: "notice" });
  const say = (text, code = "") => {
    const exact = html("code", {}, code);
    notice.replaceChildren(text, ...(code ? [exact] : []));
    return exact;
  };
  const inDigits = (value, digits) => (typeof value === "string" ? value : number(value, digits));
  const section = html("section", { class: "softmodes-explorer", "aria-label": title, "data-explorer": kind });
  const it = { section, table, plots, change, state, say, moved, lasting: model.lasting, signal: end.signal,
    pinned: (all) => readouts.forEach(({ name, digits }) => pinned[name].replaceChildren(...all.map((results, i) =>
      html("span", {}, `${i + 1}: ${inDigits(results[name], digits)}`)))) };
  const figures = html("div", { class: "plots" }, ...plots.map((plot) => plot.node));
  (plots.length % 2 ? figures : section).append(list);  // tiles fill the place of a plot that is missing
  const numbers = html("details", {}, html("summary", {}, "Values behind the plot"),
    html("div", { class: "numbers", role: "region", tabindex: 0, "aria-label": `Values behind the plot, ${title}` }));
  numbers.addEventListener("toggle", schedule);
  section.prepend(controls, figures, html("div", { class: "said", role: "status" }, note, notice));
  section.append(...tools(it), numbers);
  root.replaceChildren(section);
  // Keys belong to the control in focus: JupyterLab would take the arrows of a slider for moves between cells.
  for (const control of root.querySelectorAll("input, select, button, summary, .numbers")) control.dataset.lmSuppressShortcuts = true;

  function refresh() {
    for (const { name } of sliders) {
      const value = model.get(name);
      inputs[name].value = value;
      outputs[name].textContent = `${number(value)} ${outputs[name].dataset.unit}`.trim();
      inputs[name].setAttribute("aria-valuetext", outputs[name].textContent);
    }
    for (const { name } of choices) inputs[name].value = model.get(name);
    const at = presets.findIndex(({ values }) => Object.entries(values).every(([name, value]) =>
      value === model.get(name) || Math.abs(model.get(name) - value) <= 1e-9 * Math.abs(value)));
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", index === at));
    badge.textContent = verdicts ? verdicts[at < 0 ? 1 : 0] : "";
    badge.classList.toggle("off", at < 0);
    drawn = draw(Object.fromEntries(names.map((name) => [name, model.get(name)])));
    for (const { name, digits } of readouts) {
      const value = drawn.results[name] = Number.isNaN(drawn.results[name]) ? null : drawn.results[name] ?? null;
      shown[name].value = value ?? "";
      shown[name].textContent = inDigits(value, digits);
      shown[name].nextSibling.hidden = value === null;
    }
    if (note.dataset.text !== drawn.message) note.replaceChildren(...richHTML(note.dataset.text = drawn.message));
    if (numbers.open) numbers.lastChild.replaceChildren(spread(drawn.table()));
  }

  let refused = [];
  const follow = () => {
    let values;
    ({ values, refused } = linked(section, [...sliders, ...choices], model.lasting));
    if (Object.keys(values).length) change(values);
    if (refused.length) say(`Not taken from the link: ${refused.join("; ")}.`);
  };
  const arrive = () => {  // when the page is whole
    const { first, unknown } = addressees(section);
    const strangers = unknown.map((name) => `there is no ${name.slice(0, 40)} on this page`);
    if (unknown.length) say(`Not taken from the link: ${[...refused, ...strangers].join("; ")}.`);
    if (first) section.scrollIntoView();
  };
  for (const name of names) model.on(`change:${name}`, schedule);
  refresh();
  if (section.isConnected) follow(); else waiting = requestAnimationFrame(follow);
  if (document.readyState !== "complete") window.addEventListener("load", arrive, { signal: end.signal });
  window.addEventListener("hashchange", () => { follow(); arrive(); }, { signal: end.signal });
  const stop = () => {
    end.abort();
    cancelAnimationFrame(pending);
    cancelAnimationFrame(waiting);
    names.forEach((name) => model.off(`change:${name}`, schedule));
  };
  return { change, stop };
}

function spread([header, ...rows]) {
  const head = html("tr", {}, ...header.map((text) => html("th", { scope: "col" }, ...richHTML(text))));
  return html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows.map((row) =>
    html("tr", {}, ...row.map((value) => html("td", {}, typeof value === "string" ? value : number(value)))))));
}
