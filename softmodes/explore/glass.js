import { frame } from "./explorer.js";
import { plot } from "./plot.js";

// A glass: sums over bins of an ensemble's histogram, and the modes of one glass turned in space.

const sum = (values, from, to) => values.slice(from, to).reduce((total, value) => total + value, 0);

// Modes of all glasses in bins, per atom and unit of ν.
const density = (modes, { count, atoms_in_all, width }) => modes.map((v) => v / (count * atoms_in_all * width));

// Of the bins between two edges, and of one mode.
function estimates(glass, from, to, index) {
  const modes = sum(glass.modes, from, to), inside = sum(glass.atoms, from, to), n = glass.atoms_in_all;
  return { modes: modes / glass.count, atoms: modes ? inside / modes : null, ratio: modes ? inside / modes / n : null,
    localised: modes ? sum(glass.localised, from, to) / modes : null, mode_frequency: glass.frequencies[index],
    mode_atoms: glass.participation[index], mode_ratio: glass.participation[index] / n, mode_mass: glass.mass[index] };
}

// Share of the motion that n atoms have, from a table: between its places straight over ln n.
function shareOf(counts, shares, n) {
  const i = Math.max(1, counts.findIndex((count) => count >= n));
  if (!(counts[i] > counts[i - 1])) return shares[shares.length - 1];
  return shares[i - 1] + (shares[i] - shares[i - 1]) * Math.log(n / counts[i - 1]) / Math.log(counts[i] / counts[i - 1]);
}

// Atoms seen from an angle about the vertical axis, around what moves most in the mode; and the edges of their box.
function turned({ positions, displacements, box }, index, degrees) {
  const mode = displacements[index], weight = mode.map((e) => e[0] ** 2 + e[1] ** 2 + e[2] ** 2);
  const centre = positions[weight.indexOf(Math.max(...weight))], top = Math.sqrt(Math.max(...weight));
  const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  const rotate = ([x, y, z]) => [cos * x + sin * z, y];
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((c) => rotate(box.map((edge, axis) => ((c >> axis) % 2 - 0.5) * edge)));
  const atoms = positions.map((r, i) => {
    const place = r.map((v, axis) => ((v - centre[axis]) / box[axis] + 100.5) % 1 * box[axis] - box[axis] / 2);
    return { at: rotate(place), to: rotate(mode[i]).map((v) => 1.5 * v / top), weight: weight[i] / top ** 2 };
  });
  return { atoms, edges: [0, 1, 3, 2, 0, 4, 5, 7, 6, 4, 5, 1, 3, 7, 6, 2].map((c) => corners[c]) };
}

// Axes that hold all of a glass, the same at every position of the sliders; of space one scale for both directions.
function axesOf({ atoms_in_all: n, count, low, width, modes, participation, cloud, scene }) {
  const decade = (v, towards) => 10 ** towards(Math.log10(v)), frequency = "frequency ν";
  const least = Math.min(...participation, ...cloud.atoms), [a, b, c] = scene?.box ?? [1, 1, 1];
  const up = Math.max(0.55 * b, 0.52 * Math.hypot(a, c) * 270 / 396);
  return {
    spectrum: [{ label: frequency, low, high: low + modes.length * width },
      { label: "modes per atom and unit of ν", low: 0, high: 1.15 * Math.max(...modes) / (count * n * width) }],
    participation: [{ label: frequency, low, high: cloud.highest },
      { label: "atoms in the mode, N_k", low: decade(least, Math.floor), high: decade(Math.max(n, 2), Math.ceil), log: true }],
    share: [{ label: "atoms that move most", low: 1, high: Math.max(n, 2), log: true }, { label: "their share of the motion", low: 0, high: 1 }],
    space: [{ label: "box of atoms; arrows: the mode, enlarged", low: -up * 396 / 270, high: up * 396 / 270, ticks: [] }, { label: "", low: -up, high: up, ticks: [] }],
  };
}

export function ui(root, model) {
  const { glasses, threshold } = model.get("table");
  const axes = Object.fromEntries(Object.entries(glasses).map(([size, glass]) => [size, axesOf(glass)]));
  const [first] = Object.values(axes), { scene } = Object.values(glasses)[0];
  const names = { spectrum: "Density of states", participation: "Participation number at the soft end",
    share: "Share of the motion against the number of atoms", ...(scene && { space: "Displacements of one mode" }) };
  const plots = Object.fromEntries(Object.entries(names).map(([name, title]) => [name, plot(title, ...first[name])]));
  const { spectrum, participation, share, space } = plots;

  const draw = ({ size, low, high, mode = 1, angle }) => {
    const glass = glasses[size], index = Math.round(mode) - 1, soft = glass.cloud.highest;
    const [from, to] = [low, high].map((v) => Math.round((v - glass.low) / glass.width)), at = (bin) => glass.low + bin * glass.width;
    const results = estimates(glass, from, to, index), { mode_atoms: n_k } = results;
    for (const [name, one] of Object.entries(plots)) one.axes(...axes[size][name]);
    spectrum.band("window", at(from), at(to));
    participation.band("window", at(from), at(to));
    for (const [values, kind] of [[glass.modes, "current kept"], [glass.localised, "melting"]])
      spectrum.line(kind, density(values, glass).map((v, i) => [at(i + 0.5), v]), kind);
    participation.cloud("modes", glass.cloud.nu.map((nu, i) => [nu, glass.cloud.atoms[i]]), "glass");
    participation.dot("marker", [glass.frequencies[index], glass.participation[index]], "marker");
    const least = threshold * glass.atoms_in_all, shares = glass.shares[index];
    participation.line("threshold", [[glass.low, least], [soft, least]], "faint");
    share.line("half", [[1, 0.5], [glass.atoms_in_all, 0.5]], "faint");
    share.line("share", glass.counts.map((n, i) => [n, shares[i]]), "current kept");
    share.dot("marker", [n_k, shareOf(glass.counts, shares, n_k)], "marker", "N_k", -18);
    if (space) {
      const seen = turned(glass.scene, index, angle), moving = seen.atoms.filter((a) => a.weight > 0.04);
      space.line("box", seen.edges, "faint");
      space.cloud("still", seen.atoms.filter((a) => a.weight <= 0.04).map((a) => a.at), "still");
      space.cloud("moving", moving.map((a) => a.at), "moving");
      space.arrows("displacements", moving.map((a) => [a.at, [a.at[0] + a.to[0], a.at[1] + a.to[1]]]), "melting");
    }
    const many = (count) => (count === 1 ? "one glass" : `${count} glasses`);
    const message = to <= from ? "The window is empty: move its upper end above its lower one." :
      `Window and spectrum: ${many(glass.count)}; points: ${many(glass.cloud.count)}; red: localised, p < ${threshold}; the mode is one of the first glass.`;
    return { results, message, table: () => [["ν from", "to", "modes per glass", "mean N_k"],
      ...glass.modes.slice(0, 40).map((v, i) => [at(i), at(i + 1), v / glass.count, v ? glass.atoms[i] / v : null])] };
  };

  return frame(root, model, Object.values(plots), draw, space ? "angle" : "mode").stop;
}
