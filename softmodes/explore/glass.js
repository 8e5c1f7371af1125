import { frame, plot } from "./explorer.js";

// The computer glass: sums over bins of an ensemble's histogram, and the modes of one glass turned in space.

const sum = (values, from, to) => values.slice(from, to).reduce((total, value) => total + value, 0);

// Modes of all glasses in bins, per atom and unit of ν.
const density = (modes, count, atoms, width) => modes.map((v) => v / (count * atoms * width));

// Of the bins between two edges, and of one mode.
function estimates(glass, atoms, from, to, index) {
  const modes = sum(glass.modes, from, to), inside = sum(glass.atoms, from, to);
  return { modes: modes / glass.count, atoms: modes ? inside / modes : null, ratio: modes ? inside / modes / atoms : null,
    localised: modes ? sum(glass.localised, from, to) / modes : null, mode_frequency: glass.frequencies[index],
    mode_atoms: glass.participation[index], mode_ratio: glass.participation[index] / atoms, mode_mass: glass.mass[index] };
}

// Atoms (x, depth, y) seen from an angle about the vertical axis, around what moves most in the mode.
function turned({ positions, displacements, box }, index, degrees) {
  const mode = displacements[index], weight = mode.map((e) => e[0] ** 2 + e[1] ** 2 + e[2] ** 2);
  const centre = positions[weight.indexOf(Math.max(...weight))], top = Math.sqrt(Math.max(...weight));
  const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  const rotate = ([x, y, z]) => [cos * x + sin * z, y];
  return positions.map((r, i) => {
    const place = r.map((v, axis) => ((v - centre[axis]) / box[axis] + 100.5) % 1 * box[axis] - box[axis] / 2);
    return { at: rotate(place), to: rotate(mode[i]).map((v) => 1.5 * v / top), weight: weight[i] / top ** 2 };
  });
}

export function ui(root, model) {
  const { glasses, width, threshold } = model.get("table");
  const highest = 2.1, [soft] = Object.values(glasses).map(({ cloud }) => cloud.highest);
  const spectrum = plot("Density of states", { label: "frequency ν", low: 0, high: highest },
    { label: "modes per atom and unit of ν", low: 0, high: 2.6 });
  const participation = plot("Participation number at the soft end", { label: "frequency ν", low: 0, high: soft },
    { label: "atoms in the mode, N_k", low: 10, high: 1000, log: true });
  const space = plot("Displacements of one mode", { label: "", low: -8.5, high: 8.5, ticks: [] }, { label: "", low: -5.8, high: 5.8, ticks: [] });

  const draw = ({ size, low, high, mode, angle }) => {
    const glass = glasses[size], atoms = Number(size), index = Math.round(mode) - 1;
    const [from, to] = [low, high].map((v) => Math.round(v / width));
    spectrum.band("window", from * width, to * width);
    participation.band("window", from * width, to * width);
    for (const [name, values] of [["all", glass.modes], ["localised", glass.localised]]) {
      spectrum.line(name, density(values, glass.count, atoms, width).map((v, i) => [(i + 0.5) * width, v]), name === "all" ? "current" : "melting");
    }
    participation.cloud("modes", glass.cloud.nu.map((nu, i) => [nu, glass.cloud.atoms[i]]), "glass");
    participation.line("threshold", [[0, threshold * atoms], [soft, threshold * atoms]], "faint");
    participation.dot("marker", [glass.frequencies[index], glass.participation[index]], "marker");
    const scene = turned(glass, index, angle);
    space.cloud("still", scene.filter((a) => a.weight <= 0.04).map((a) => a.at), "still");
    space.cloud("moving", scene.filter((a) => a.weight > 0.04).map((a) => a.at), "moving");
    space.arrows("displacements", scene.filter((a) => a.weight > 0.04).map((a) => [a.at, [a.at[0] + a.to[0], a.at[1] + a.to[1]]]), "melting");
    const results = estimates(glass, atoms, from, to, index);
    const message = to <= from ? "The window is empty: move its upper end above its lower one." :
      `Window and spectrum: ${glass.count} glasses; points: ${glass.cloud.count} of them; red: localised, p < ${threshold}; arrows: mode ${index + 1} of the first glass.`;
    return { results, message, table: () => [["ν from", "to", "modes per glass", "mean N_k"],
      ...glass.modes.slice(0, 40).map((v, i) => [i * width, (i + 1) * width, v / glass.count, v ? glass.atoms[i] / v : null])] };
  };

  const readouts = [["modes", "modes per glass"], ["atoms", "mean N_k"], ["ratio", "mean p = N_k/N"], ["localised", "share localised"],
    ["mode_frequency", "ν of the mode"], ["mode_atoms", "its N_k"], ["mode_ratio", "its p"], ["mode_mass", "its effective mass"]];
  return frame(root, model, [spectrum, participation, space], readouts, draw).stop;
}
