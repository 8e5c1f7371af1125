import { frame, ranges } from "./explorer.js";
import { plot } from "./plot.js";

// Eqs 6, 7, 8 and 23 in closed form. Constants come from the table, in the units of the sliders (K, THz, u, Å, eV).

function estimates(constants, { crossover_temperature, crystal_frequency, mass, a, glass_temperature }) {
  const participation_area = constants.area * crystal_frequency ** 2 / (mass * crossover_temperature ** 3);  // eqs 6-8
  const quartic_energy = constants.energy * participation_area * mass * crystal_frequency ** 2;  // eq. 6
  return { crossover_energy: constants.ratio * crossover_temperature, participation_area, atoms: participation_area / a ** 2,
    quartic_energy, formation_energy: Math.sqrt(quartic_energy / (constants.quartic * glass_temperature)),
    frequency_ratio: crystal_frequency / (constants.frequency * crossover_temperature) };
}

export function ui(root, model) {
  const { constants, glasses, lines } = model.get("table"), [low, high] = ranges(model).crossover_temperature;
  const axes = [{ label: "crossover temperature T^* (K)", low, high, log: true, ticks: [0.2, 0.5, 1, 2, 5] },
    { label: "N_s a^2 (Å²)", low: 1, high: 1e5, log: true }];
  const atoms = plot("Participation area against crossover temperature", ...axes);
  const formation = plot("Quartic mode energy against glass transition temperature",
    { label: "glass transition temperature T_g (K)", low: 150, high: 8000, log: true, ticks: [200, 500, 1000, 2000, 5000] },
    { label: "ε_0 (eV)", low: 1, high: 1e4, log: true });
  for (const { label, colour, ...glass } of glasses) {
    const look = ["material", label, 7, `--own: ${colour}`];
    atoms.dot(label, [glass.crossover_temperature, glass.participation_area], ...look);
    formation.dot(label, [glass.glass_temperature, glass.quartic_energy], ...look);
  }
  for (const [b, line] of Object.entries(lines)) {
    formation.line(`b${b}`, line, "faint");
    formation.dot(`at ${b}`, [line[1][0], 0.7 * line[1][1]], "tiny", `ε_m/k_BT_g = ${b}`);
  }

  const draw = (state) => {
    const at = (crossover_temperature) => estimates(constants, { ...state, crossover_temperature });
    const results = at(state.crossover_temperature);
    atoms.line("eqs 6-8", [low, high].map((t) => [t, at(t).participation_area]), "current kept");
    atoms.dot("marker", [state.crossover_temperature, results.participation_area], "marker");
    formation.dot("marker", [state.glass_temperature, results.quartic_energy], "marker");
    const message = results.formation_energy < 1 ? "k_BT_g exceeds ε_m: outside the scheme of §4." : "";
    return { results, message, table: () => [["T^* (K)", "N_s a^2 (Å²)", "N_s", "ε_0 (eV)"],
      ...[0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5].map((t) => [t, at(t).participation_area, at(t).atoms, at(t).quartic_energy])] };
  };

  return frame(root, model, [atoms, formation], draw).stop;
}
