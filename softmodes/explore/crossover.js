import { frame } from "./explorer.js";
import { plot } from "./plot.js";

// Eqs 6, 7, 8 and 23 in closed form. Constants come from the table, in the units of the sliders (K, THz, u, Å, eV).

export function ui(root, model) {
  const { constants, glasses, energies } = model.get("table");
  const area = (t, nu, mass) => constants.area * nu ** 2 / (mass * t ** 3);  // Å², eqs 6-8 solved for N_s a²
  const energy = (participation_area, mass, nu) => constants.energy * participation_area * mass * nu ** 2;  // eV, eq. 6
  const axes = [{ label: "crossover temperature T^* (K)", low: 0.2, high: 6, log: true, ticks: [0.2, 0.5, 1, 2, 5] },
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
  for (const b of energies) {
    formation.line(`b${b}`, [150, 2000].map((t) => [t, constants.quartic * b * b * t]), "faint");
    formation.dot(`at ${b}`, [2000, constants.quartic * b * b * 1400], "tiny", `ε_m/k_BT_g = ${b}`);
  }

  const draw = ({ crossover_temperature: t, crystal_frequency: nu, mass, a, glass_temperature }) => {
    const line = [0.2, 6].map((v) => [v, area(v, nu, mass)]);
    const participation_area = area(t, nu, mass), quartic_energy = energy(participation_area, mass, nu);
    atoms.line("eqs 6-8", line, "current kept");
    atoms.dot("marker", [t, participation_area], "marker");
    formation.dot("marker", [glass_temperature, quartic_energy], "marker");
    const formation_energy = Math.sqrt(quartic_energy / (constants.quartic * glass_temperature));
    const results = { crossover_energy: constants.ratio * t, participation_area, atoms: participation_area / a ** 2, quartic_energy,
      formation_energy, frequency_ratio: nu / (constants.frequency * t) };
    const message = formation_energy < 1 ? "k_BT_g exceeds ε_m: outside the scheme of §4." : "";
    return { results, message, table: () => [["T^* (K)", "N_s a^2 (Å²)", "N_s", "ε_0 (eV)"],
      ...[0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5].map((v) => [v, area(v, nu, mass), area(v, nu, mass) / a ** 2, energy(area(v, nu, mass), mass, nu)])] };
  };

  const readouts = [["crossover_energy", "W/k_B", "K"], ["participation_area", "N_s a^2", "Å²"], ["atoms", "N_s"],
    ["quartic_energy", "ε_0", "eV"], ["formation_energy", "ε_m/k_BT_g"], ["frequency_ratio", "ν_c h/k_BT^*"]];
  return frame(root, model, [atoms, formation], readouts, draw).stop;
}
