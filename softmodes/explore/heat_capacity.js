import { frame } from "./explorer.js";
import { plot } from "./plot.js";

// C/T³ of the soft modes from a table over T in W/k_B and V_max in W; the two laws and eq. 8 in closed form.

// Cubic through the four nodes around `at`, on a grid of step 1: exact on the grid itself.
function cubic(first, values, at) {
  const i = Math.max(0, Math.min(values.length - 4, Math.floor(at - first) - 1)), t = at - first - i;
  return [0, 1, 2, 3].reduce((total, j) => total + values[i + j] *
    [0, 1, 2, 3].reduce((product, m) => (m === j ? product : product * (t - m) / (j - m)), 1), 0);
}

// C/T³ over T at any V_max: a picture takes a straight line between two barriers.
function row(barriers, reduced, v) {
  const i = Math.min(barriers.length - 2, Math.floor(v - barriers[0])), t = v - barriers[i];
  return reduced[i].map((c, j) => (t === 0 ? c : c === null || reduced[i + 1][j] === null ? null : c + t * (reduced[i + 1][j] - c)));
}

// Constants of these come from the table: what the laws and W/k_BT* are at t = 1 and V_max = 1.
const asymptotic = (constants, v_max) => constants.asymptotic * v_max ** (-1 / 16);
const tunnelling = (constants, t, v_max) => constants.tunnelling * v_max ** 0.25 / t ** 2;  // C/T³
const vibrations = (constants, t) => constants.vibrations * t ** 2;  // C/T³

function estimates(constants, w, v_max, ratio) {
  return { t_star: w / ratio, t_star_quoted: w / constants.quoted, ratio, asymptotic_ratio: asymptotic(constants, v_max),
    area_factor: (constants.quoted / ratio) ** 3, time: constants.attempt_time * Math.exp(v_max * ratio) };
}

// The soft modes' C/T³ over their minimum, in units of the Debye term if there is one.
function drawn(c, lowest, strength, debye) {
  const level = debye === "on" ? 1 : 0;
  return c === null ? NaN : level + (level ? 10 ** strength : 1) * c / lowest;
}

export function ui(root, model) {
  const { temperatures, barriers, reduced, lowest, ratio: ratios, constants } = model.get("table");
  const heatX = { label: "temperature T (K)", low: 0.02, high: 30, log: true, ticks: [0.05, 0.2, 1, 5, 20] };
  const heat = plot("Heat capacity over T cubed", heatX, { label: "C/T^3", low: 0.5, high: 3e3, log: true });
  const crossover = plot("Crossover ratio against highest barrier", { label: "V_{max}/W", low: 3, high: 62 },
    { label: "W/k_BT^*", low: 1.4, high: 2.5 });
  crossover.line("asymptotic", barriers.map((v) => [v, asymptotic(constants, v)]), "dashed");
  crossover.line("quoted", [[3, constants.quoted], [62, constants.quoted]], "faint");
  const between = Array.from({ length: 4 * barriers.length - 3 }, (_, i) => barriers[0] + i / 4);
  crossover.line("full", between.map((v) => [v, cubic(barriers[0], ratios, v)]), "current");
  crossover.dot("full evaluation", [30, cubic(5, ratios, 30)], "tiny", "full evaluation", 12);
  crossover.dot("asymptotes", [22, asymptotic(constants, 22)], "tiny", "two asymptotes", -30);
  heat.dot("model", [0.02, 0.5], "tiny", "model, not data", 8);
  crossover.dot("eq. 8", [4, constants.quoted], "tiny", `${constants.quoted}, eq. 8`, -16);

  const draw = ({ w, v_max, strength, debye }) => {
    const results = estimates(constants, w, v_max, cubic(barriers[0], ratios, v_max)), bottom = cubic(barriers[0], lowest, v_max);
    const level = debye === "on", soft = (c) => drawn(c, bottom, strength, debye);
    const curve = (values) => values.map((c, i) => [w * temperatures[i], soft(c)]);
    heat.axes(heatX, { label: `C/T^3 (${level ? "Debye term" : "minimum"} = 1)`, low: 0.5, high: 3e3, log: true });
    heat.line("Debye", level ? [[0.02, 1], [30, 1]] : [], "faint");
    const laws = { "∝ T": (t) => tunnelling(constants, t, v_max), "∝ T^5": (t) => vibrations(constants, t) };
    for (const [name, law] of Object.entries(laws)) {
      heat.line(name, curve(temperatures.map(law)), "dashed faint");
      const at = name === "∝ T" ? 0.12 : 1;
      heat.dot(`law ${name}`, [w * at, soft(law(at))], "tiny", name, name === "∝ T" ? 4 : -16);
    }
    const total = curve(row(barriers, reduced, v_max));
    heat.line("soft modes", total, "current kept");
    heat.arrow("quoted", results.t_star_quoted, "T^* of eq. 8");
    heat.dot("marker", [results.t_star, soft(bottom)], "marker", "T^*", 12);
    crossover.dot("marker", [v_max, results.ratio], "marker");
    const message = "Model, not data: the paper prints no amplitude of the soft modes, so their strength is free."
      + (results.time > 1e5 ? " At T^*, thermal activation takes longer than a measurement to cross V_{max}." : "");
    return { results, message, table: () => [["T (K)", "C/T^3", "V_{max}/W", "W/k_BT^*"],
      ...total.map(([t, c], i) => [t, Number.isNaN(c) ? null : c, barriers[i] ?? null, ratios[i] ?? null])] };
  };

  return frame(root, model, [heat, crossover], draw, "v_max").stop;
}
