import { html, number, richHTML } from "./explorer.js";
import { picture } from "./plot.js";

// What every explorer can do beside moving: pin, play, reset, link, copy, save, fill the screen.
const MOST = 5;  // pins
const PERIOD = 16000;  // ms from one end of a slider to the other and back

export function tools(it) {
  const { section, table, plots, signal, change, state, say, pinned } = it;
  const { start, sliders, choices, readouts, class: kind, given } = table;
  const controls = [...sliders, ...choices], pins = [];
  let playing = 0;

  const group = html("div", { class: "tools", role: "group", "aria-label": "Tools" }), list = html("ol", { class: "pins" });
  const button = (label, act, title) => {
    const one = html("button", { type: "button", title }, label);
    one.addEventListener("click", act);
    group.append(one);
    return one;
  };
  const value = ({ name, unit, options }, values) => (options ? Object.fromEntries(options)[values[name]] : `${number(values[name])} ${unit}`.trim());
  const inWords = (values) => controls.map((control) => `${control.label}: ${value(control, values)}`).join(", ");

  const pin = button("pin", () => {
    pins.push({ ...state(), lines: plots.map((plot) => plot.keep()) });
    showPins();
  }, "keep these curves and numbers beside those that follow");
  const clear = button("clear pins", () => {
    pins.length = 0;
    showPins();
    pin.focus();
  }, "take the kept curves away");
  const showPins = () => {
    plots.forEach((plot, i) => plot.pin(pins.map(({ lines }) => lines[i])));
    list.replaceChildren(...pins.map(({ values }) => html("li", {}, ...richHTML(inWords(values)))));
    list.hidden = clear.hidden = !pins.length;
    pin.disabled = pins.length === MOST;
    pinned(pins.map(({ results }) => results));
  };

  // One slider to and fro: the one that was moved last. A touch of anything else ends it.
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const play = button("play", () => (playing ? stop() : begin()), "move a slider to and fro");
  const stop = () => {
    cancelAnimationFrame(playing);
    playing = 0;
    play.textContent = "play";
  };
  const begin = () => {
    const { name, low, high, step } = sliders.find((slider) => slider.name === it.moved) ?? sliders[0];
    const place = (state().values[name] - low) / (high - low), began = performance.now() - place * PERIOD / 2;
    const next = (now) => {
      const phase = ((now - began) / PERIOD * 2) % 2, along = phase < 1 ? phase : 2 - phase;
      const to = Number((low + Math.round(along * (high - low) / step) * step).toPrecision(12));
      if (to !== state().values[name]) change({ [name]: Math.min(high, to) });
      playing = requestAnimationFrame(next);
    };
    playing = requestAnimationFrame(next);
    play.textContent = "stop";
  };
  const own = ({ target, key = " " }) => target === play && [" ", "Enter"].includes(key);  // which end it by a click
  for (const event of ["pointerdown", "keydown"])
    section.addEventListener(event, (one) => playing && !own(one) && stop(), { capture: true });
  const calm = () => {
    if (still.matches) stop();
    play.hidden = still.matches;
  };
  still.addEventListener("change", calm, { signal });
  signal.addEventListener("abort", stop);
  calm();
  stop();

  button("reset", () => {
    stop();
    change(start);
  }, "back to where this explorer began");

  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      say(`${what} is copied: `, text);
    } catch {  // where the browser gives no clipboard, a hand can take it
      getSelection().selectAllChildren(say(`Copy ${what.toLowerCase()}: `, text));
    }
  };
  button("copy link", () => {
    const mine = Object.entries(state().values).map(([name, v]) => [`${name_of(section)}.${name}`, v]);
    const others = addressed().filter(([name]) => owner(name) !== name_of(section));
    const url = `${location.href.split("#")[0]}#${new URLSearchParams([...mine, ...others])}`;
    if (it.lasting) history.replaceState(history.state, "", url);
    copy(url, "The link");
  }, "copy a link that opens this page in this state");
  const python = (values) => `${kind}(${[given, ...Object.keys(start).map((name) => `${name}=${literal(values[name])}`)].filter(Boolean).join(", ")})`;
  button("copy as Python", () => copy(`import softmodes as sm; sm.${python(state().values)}`, "The line"), "copy the line that makes this state in a notebook");

  button("save SVG", () => {
    const notes = [...pins, state()].map(({ values }, i) => `${i < pins.length ? i + 1 : "now"}: ${inWords(values)}`);
    save(`${kind}.svg`, "image/svg+xml", picture(plots, getComputedStyle(section).backgroundColor, python(state().values), notes));
  }, "save the picture");
  button("save CSV", () => {
    const kept = [...pins.map((one, i) => [`pin ${i + 1}`, one]), ["now", state()]];
    const said = kept.flatMap(([name, { values, results }]) => [`# ${name}: ${python(values)}`,
      ...readouts.map(({ name: key, unit }) => `# ${name}: ${key} = ${results[key] ?? "none"} ${unit}`.trim())]);
    const rows = kept.flatMap(([name, one], i) => {
      const [header, ...body] = one.rows();
      return [...(i ? [] : [["state", ...header.map((text) => text.replace(/[{}]/g, ""))]]), ...body.map((row) => [name, ...row])];
    });
    save(`${kind}.csv`, "text/csv", [...said, ...rows.map((row) => row.map(cell).join(","))].join("\n") + "\n");
  }, "save the numbers");
  const full = button("full screen", () => {
    if (document.fullscreenElement) document.exitFullscreen(); else section.requestFullscreen();
  }, "for a projector");
  full.hidden = !document.fullscreenEnabled;
  document.addEventListener("fullscreenchange", () => full.setAttribute("aria-pressed", document.fullscreenElement === section), { signal });

  showPins();
  return [list, group, html("p", { class: "keys" },
    "Keys: Tab to a slider, arrows by a step, Page Up and Down by a tenth, Home and End to its ends.")];
}

const literal = (value) => (typeof value === "string" ? `'${value}'` : Number.isInteger(value) ? `${value}.0` : String(value));
const cell = (value) => (/[",\n]/.test(value ?? "") ? `"${String(value).replaceAll('"', '""')}"` : value ?? "");

function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  html("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// States in the fragment of the address: StabilityExplorer.eta=0.1&StabilityExplorer-2.eta=0.2 for a first and a second of a
// kind on the page. Anything else there, as the names of headings, is not ours.
const everyone = () => [...document.querySelectorAll(".softmodes-explorer")];
const owner = (name) => name.slice(0, name.lastIndexOf("."));
// JupyterLab takes the fragment from the address before a cell has run; how the page was called remains.
const fragment = () => location.hash || new URL(performance.getEntriesByType("navigation")[0]?.name ?? location.href).hash;
const addressed = () => [...new URLSearchParams(fragment().slice(1))].filter(([name]) => name.includes("."));

function name_of(section) {
  const { explorer } = section.dataset, before = everyone().filter((other) => other.dataset.explorer === explorer).indexOf(section);
  return before > 0 ? `${explorer}-${before + 1}` : explorer;
}

// The values that the address gives to an explorer, and a line for each part of it that cannot be taken. Where cells can
// be run again the address is followed once: afterwards they show what they say.
export function linked(section, controls, lasting) {
  const mine = name_of(section), values = {}, refused = [];
  const admitted = ({ name, low, high, options }, text) => {
    const value = options ? text : text.trim() ? Number(text) : NaN;
    if (options ? options.some(([option]) => option === text) : value >= low && value <= high) values[name] = value;
    else refused.push(`${name} must be ${options ? `one of ${options.map(([option]) => option).join(", ")}` : `a number from ${low} to ${high}`}`
      + `, got ${text.slice(0, 40) || "nothing"}`);
  };
  const followed = (globalThis.softmodesFollowed ??= new Set());
  for (const [name, text] of addressed()) {
    if (owner(name) !== mine || followed.has(name + text)) continue;
    if (!lasting) followed.add(name + text);
    const own = name.slice(mine.length + 1), control = controls.find((one) => one.name === own);
    if (control) admitted(control, text);
    else refused.push(`${section.dataset.explorer} has ${controls.map((one) => one.name).join(", ")}, got ${own.slice(0, 40) || "nothing"}`);
  }
  return { values, refused };
}

// Whether the address is that of an explorer first of all; what it names beside those of the page, for one of them to say.
export function addressees(section) {
  const all = everyone(), names = all.map(name_of), owners = addressed().map(([name]) => owner(name));
  const unknown = section === all[0] ? [...new Set(owners)].filter((name) => !names.includes(name)) : [];
  return { first: owners[0] === name_of(section), unknown };
}
