import { number, richSVG, svg } from "./explorer.js";

// A plot with fixed pixel size and changeable scales. Axis: {label, low, high, log, ticks}.
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [480, 330, 64, 460, 14, 284];

export function plot(name, xAxis, yAxis) {
  const clip = `clip-${Math.random().toString(36).slice(2)}`;
  const area = { x: LEFT, y: TOP, width: RIGHT - LEFT, height: BOTTOM - TOP };
  const grid = svg("g", { class: "grid" }), above = svg("g", {});
  const [pinned, marks, labels] = [0, 1, 2].map(() => svg("g", { "clip-path": `url(#${clip})` }));
  const node = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": name },
    svg("defs", {}, svg("clipPath", { id: clip }, svg("rect", area))),
    grid, svg("rect", { class: "box", ...area }), pinned, marks, labels, above);
  let x, y, shown = "", pins = [];
  const axes = (newX, newY) => {
    if (shown === (shown = JSON.stringify([newX, newY]))) return;
    x = scale(newX, LEFT, RIGHT);
    y = scale(newY, BOTTOM, TOP);
    grid.replaceChildren(
      ...ticks(newX).map((v) => svg("g", {}, svg("line", { x1: x.to_pixel(v), x2: x.to_pixel(v), y1: TOP, y2: BOTTOM }),
        svg("text", { x: x.to_pixel(v), y: BOTTOM + 17, "text-anchor": "middle" }, tickText(v)))),
      ...ticks(newY).map((v) => svg("g", {}, svg("line", { x1: LEFT, x2: RIGHT, y1: y.to_pixel(v), y2: y.to_pixel(v) }),
        svg("text", { x: LEFT - 6, y: y.to_pixel(v) + 4, "text-anchor": "end" }, tickText(v)))),
      svg("text", { class: "title", x: (LEFT + RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, ...richSVG(newX.label)),
      svg("text", { class: "title", transform: `translate(15 ${(TOP + BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle" }, ...richSVG(newY.label)));
    drawPins();
  };
  const own = {}, lines = {}, dots = {};  // shapes by key, made once and moved afterwards; what they show
  const shape = (key, tag, attributes, parent = marks) => {
    own[key] ??= parent.appendChild(svg(tag));
    for (const [attribute, value] of Object.entries(attributes)) own[key].setAttribute(attribute, value);
    return own[key];
  };
  const hide = (...keys) => keys.forEach((key) => own[key]?.setAttribute("visibility", "hidden"));
  const text = (key, content, attributes, parent = labels) =>
    shape(key, "text", { visibility: "visible", ...attributes }, parent).replaceChildren(...richSVG(content));
  const beside = (px, gap) => (px > 0.8 * WIDTH ? { x: px - gap, "text-anchor": "end" } : { x: px + gap, "text-anchor": "start" });
  const through = (points) => points.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b))
    .map(([a, b], i) => `${i ? "L" : "M"}${x.to_pixel(a).toFixed(2)},${y.to_pixel(b).toFixed(2)}`).join("");

  // Where a marker has left the axes: an arrow at the edge, with the value there.
  const edge = (key, place) => {
    const [px, py] = [x.to_pixel(place[0]), y.to_pixel(place[1])];
    const [cx, cy] = [Math.min(RIGHT, Math.max(LEFT, px)), Math.min(BOTTOM, Math.max(TOP, py))];
    const turn = Math.atan2(py - cy, px - cx), [ax, ay] = [cx - 10 * Math.cos(turn), cy - 10 * Math.sin(turn)];
    shape(`${key} edge`, "path", { visibility: "visible", class: "edge", d: "M0,-6L10,0L0,6Z",
      transform: `translate(${ax} ${ay}) rotate(${turn * 180 / Math.PI})` }, above);
    const values = [px !== cx && number(place[0], 3), py !== cy && number(place[1], 3)].filter(Boolean).join(", ");
    text(`${key} value`, values, { y: Math.min(BOTTOM - 8, Math.max(TOP + 14, ay + 4)), ...beside(ax, 12) }, above);
  };
  // The number of a pin stands left of its dot, for labels stand right; those of one place stand side by side.
  const drawPins = () => {
    const places = pins.map((pin) => pin.dots.map((place) => [x.to_pixel(place[0]), y.to_pixel(place[1])]));
    pinned.replaceChildren(...pins.flatMap((pin, i) => [
      ...pin.lines.map((points) => svg("path", { class: `pinned pin-${i}`, d: through(points) })),
      ...places[i].flatMap(([px, py]) => {
        const near = places.slice(0, i).flat().filter(([a, b]) => Math.hypot(a - px, b - py) < 12).length;
        return [svg("circle", { class: "pinned", r: 4, cx: px, cy: py }),
          svg("text", { class: "pinned", x: px - 7 - 9 * near, y: py - 5, "text-anchor": "end" }, String(i + 1))];
      })]));
  };
  axes(xAxis, yAxis);
  return {
    node, axes,
    line(key, points, kind) {  // of a kind that says "kept", it can be pinned
      lines[key] = /kept/.test(kind) ? points : [];
      shape(key, "path", { d: through(points), class: kind });
    },
    keep: () => ({ lines: Object.values(lines).filter((points) => points.length), dots: Object.values(dots).filter(Boolean) }),
    pin(all) {
      pins = all;
      drawPins();
    },
    dot(key, place, kind, label = "", lift = 7, style = "") {
      const there = place?.every(Number.isFinite), marker = kind === "marker";
      if (marker) dots[key] = there && place;
      hide(`${key} edge`, `${key} value`);
      const [px, py] = there ? [x.to_pixel(place[0]), y.to_pixel(place[1])] : [NaN, NaN];
      if (!(px > LEFT - 1 && px < RIGHT + 1 && py > TOP - 1 && py < BOTTOM + 1)) {
        hide(key, `${key} label`);
        if (there && marker) edge(key, place);
        return;
      }
      shape(key, "circle", { visibility: "visible", cx: px, cy: py, r: 5, class: kind, style });
      if (label) text(`${key} label`, label, { class: kind, y: py - lift, ...beside(px, 8) });
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
    band(key, from, to, kind = "") {
      const [a, b] = [from, to].map((v) => (Number.isFinite(v) ? x.to_pixel(v) : LEFT));
      shape(key, "rect", { class: `band ${kind}`, x: a, width: Math.max(0, b - a), y: TOP, height: BOTTOM - TOP });
    },
    // Lines of text between two places in x, as many as fit there; upright where it is narrow, none without places.
    words(key, from, to, ...parts) {
      const [a, b] = [from, to].map((v) => Math.min(RIGHT, Math.max(LEFT, x.to_pixel(v)))), upright = b - a < 210;
      const count = !(b > a) ? 0 : upright ? Math.min(parts.length, Math.floor((b - a) / 26)) : parts.length;
      parts.forEach((part, i) => {
        if (i >= count) return hide(`${key} ${i}`);
        text(`${key} ${i}`, part, { class: "words", "text-anchor": "middle", y: 5 + 26 * (i - (count - 1) / 2),
          transform: `translate(${(a + b) / 2} ${(TOP + BOTTOM) / 2}) rotate(${upright ? -90 : 0})` });
      });
    },
    arrow(key, at, label) {
      hide(key, `${key} label`);
      if (!Number.isFinite(at)) return;
      const px = x.to_pixel(at), side = px < LEFT ? "←" : px > RIGHT ? "→" : "";
      if (side) return text(`${key} label`, `${label} = ${number(at, 3)} ${side}`, { y: TOP + 32, ...beside(side === "→" ? RIGHT : LEFT, 6) }, above);
      shape(key, "path", { visibility: "visible", class: "arrow", d: `M${px},${TOP + 34}V${TOP + 4}m-4,8l4,-8l4,8` }, above);
      text(`${key} label`, label, { ...beside(px, 6), y: TOP + 32 }, above);
    },
    // A mouse moves at once. A finger may want to scroll the page: it moves when it has gone sideways, or tapped.
    drag(move) {
      let start = null, moving = false;
      const go = (event) => {
        const place = node.getBoundingClientRect();
        move(x.back((event.clientX - place.left) * WIDTH / place.width));
      };
      const sideways = ({ clientX, clientY }) => Math.abs(clientX - start.clientX) > Math.max(8, Math.abs(clientY - start.clientY));
      const stays = ({ clientX, clientY }) => Math.hypot(clientX - start.clientX, clientY - start.clientY) <= 8;
      const on = (name, act) => node.addEventListener(name, (event) => event.pointerId === start?.pointerId && act(event));
      node.addEventListener("pointerdown", (event) => {
        if (start || event.button) return;
        start = event;
        moving = event.pointerType !== "touch";
        if (moving && event.isTrusted) node.setPointerCapture(event.pointerId);
        if (moving) go(event);
      });
      on("pointermove", (event) => {
        moving ||= sideways(event);
        if (moving) go(event);
      });
      on("pointerup", (event) => {
        if (!moving && stays(event)) go(event);
        start = null;
      });
      on("pointercancel", () => { start = null; });
      node.classList.add("drag");
    },
  };
}

function scale(axis, from, to) {
  const map = axis.log ? Math.log10 : (v) => v;
  const [low, high] = [map(axis.low), map(axis.high)];
  const to_pixel = (v) => Math.max(-1e4, Math.min(1e4, from + (to - from) * (map(v) - low) / (high - low)));
  const back = (pixel) => low + (high - low) * (pixel - from) / (to - from);
  return { to_pixel, back: (pixel) => (axis.log ? 10 ** back(pixel) : back(pixel)) };
}

const tickText = (value) => number(value, 4, 4).replace(/^1×/, "");

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

// Plots side by side, two in a row, as one picture that needs no style sheet; lines of text beneath.
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "font-size", "font-family",
  "visibility", "paint-order"];

export function picture(plots, ground, title, notes) {
  const rows = Math.ceil(plots.length / 2), height = rows * HEIGHT + 22 * notes.length + 10;
  const sheet = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: 2 * WIDTH, height, viewBox: `0 0 ${2 * WIDTH} ${height}` },
    svg("title", {}, title), svg("rect", { width: "100%", height: "100%", fill: ground }));
  plots.forEach(({ node }, i) => {
    const copy = node.cloneNode(true), copies = copy.querySelectorAll("*");
    node.querySelectorAll("*").forEach((part, j) => {
      const style = getComputedStyle(part);
      for (const name of STYLES) copies[j].style.setProperty(name, style.getPropertyValue(name));
    });
    for (const [name, value] of Object.entries({ x: (i % 2) * WIDTH, y: Math.floor(i / 2) * HEIGHT, width: WIDTH, height: HEIGHT }))
      copy.setAttribute(name, value);
    sheet.append(copy);
  });
  const ink = getComputedStyle(plots[0].node.querySelector("text"));
  notes.forEach((note, i) => sheet.append(svg("text", { x: 20, y: rows * HEIGHT + 20 + 22 * i, fill: ink.fill, "font-size": 13,
    "font-family": ink.fontFamily }, ...richSVG(note))));
  return new XMLSerializer().serializeToString(sheet);
}
