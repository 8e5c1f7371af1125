import { frame } from "./explorer.js";
import { plot } from "./plot.js";

// H = −d²/dx² + D_1x + D_2x² + x⁴ in units of W, as in theory/levels.py: 56 states of an oscillator at x = 0, whose
// stiffness β minimises the trace of H. Within the sliders' range the lowest levels are then good to 1e-12.

const SIZE = 56;

function stiffness(d2) {
  const load = 2 * SIZE + 1 / SIZE;
  let beta = Math.sqrt(Math.max(d2, 0)) + Math.cbrt(load);
  for (let i = 0; i < 8; i++) beta -= (beta ** 3 - d2 * beta - load) / (3 * beta ** 2 - d2);  // Newton from above
  return beta;
}

// Rows of H; beyond the fourth diagonal it is empty.
function hamiltonian(d1, d2, beta) {
  const h = Array.from({ length: SIZE }, () => new Float64Array(SIZE));
  const root = (n, count) => Math.sqrt(Array.from({ length: count }, (_, i) => n + i + 1).reduce((a, b) => a * b));
  const square = d2 / beta - beta;  // of x², with βp² = β(2n + 1) − βx²
  for (let n = 0; n < SIZE; n++) {
    h[n][n] = beta * (2 * n + 1) + square * (n + 0.5) + (6 * n * n + 6 * n + 3) / (4 * beta ** 2);
    const above = { 1: d1 * root(n, 1) / Math.sqrt(2 * beta),
      2: root(n, 2) * (square / 2 + (4 * n + 6) / (4 * beta ** 2)), 4: root(n, 4) / (4 * beta ** 2) };
    for (const [step, value] of Object.entries(above)) {
      const m = n + Number(step);
      if (m < SIZE) h[n][m] = h[m][n] = value;
    }
  }
  return h;
}

// Cyclic Jacobi. What is zero stays untouched: without D_1 even and odd states never meet, and doublets keep their parity.
function eigenstates(h) {
  const vectors = h.map((_, i) => new Float64Array(SIZE).fill(1, i, i + 1));
  for (let sweep = 0, rotated = true; rotated && sweep < 30; sweep++) {
    rotated = false;
    for (let p = 0; p < SIZE - 1; p++) {
      for (let q = p + 1; q < SIZE; q++) {
        const [a, b] = [h[p], h[q]], off = a[q];
        if (Math.abs(off) < 1e-15) continue;
        rotated = true;
        const theta = (b[q] - a[p]) / (2 * off), tan = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(1, theta));
        const cos = 1 / Math.hypot(1, tan), sin = tan * cos, [low, high] = [a[p] - tan * off, b[q] + tan * off];
        const [v, w] = [vectors[p], vectors[q]];
        for (let i = 0; i < SIZE; i++) {
          const x = a[i], y = b[i], s = v[i], t = w[i];
          h[i][p] = a[i] = cos * x - sin * y;
          h[i][q] = b[i] = sin * x + cos * y;
          v[i] = cos * s - sin * t;
          w[i] = sin * s + cos * t;
        }
        a[p] = low; b[q] = high; a[q] = b[p] = 0;
      }
    }
  }
  return vectors.map((vector, i) => ({ level: h[i][i], vector })).sort((one, other) => one.level - other.level);
}

// States of the oscillator at x, [function][place].
function oscillator(beta, x) {
  const functions = [x.map((v) => (beta / Math.PI) ** 0.25 * Math.exp(-beta * v * v / 2))];
  for (let n = 1; n < SIZE; n++) {
    functions.push(x.map((v, i) => Math.sqrt(2 * beta / n) * v * functions[n - 1][i]
      - (n > 1 ? Math.sqrt((n - 1) / n) * functions[n - 2][i] : 0)));
  }
  return functions;
}

const energy = (d1, d2, x) => d1 * x + d2 * x ** 2 + x ** 4;

// Energies of the global minimum and of the local maximum, null if there is none: Viète's cosines.
function wells(d1, d2) {
  if (27 * d1 * d1 >= -8 * d2 * d2 * d2) return null;
  const pull = Math.abs(d1), size = Math.sqrt(-2 * d2 / 3), angle = Math.acos(Math.min(1, pull / size ** 3)) / 3;
  const [bottom, top] = [-size * Math.cos(angle), size * Math.cos(angle + Math.PI / 3)];
  return { bottom: energy(pull, d2, bottom), top: energy(pull, d2, top) };
}

// The lowest levels, and their wave functions at some places.
function states(d1, d2, count, places) {
  const beta = stiffness(d2), lowest = eigenstates(hamiltonian(d1, d2, beta)).slice(0, count), functions = oscillator(beta, places);
  return { levels: lowest.map(({ level }) => level), waves: lowest.map(({ vector }) =>
    places.map((_, i) => functions.reduce((total, f, n) => total + vector[n] * f[i], 0))) };
}

// What the readouts say; a glass has its W in K and GHz, and η_k for D_2 = 1.
function estimates(d1, d2, [ground, first], { kelvin, ghz, eta }) {
  const spacing = first - ground, two = wells(d1, d2);
  return { ground, spacing, spacing_kelvin: spacing * kelvin, spacing_ghz: spacing * ghz, barrier: two && two.top - two.bottom, eta: d2 * eta };
}

function behaviour(d1, d2, two, [ground, first]) {
  if (!two && d1 === 0 && d2 === 0) return "Quartic: the higher the level, the wider the step to the next.";
  if (!two) return d2 > 0 ? "Vibration: steps of about 2√D_2, wider with height." : "One well, far from harmonic.";
  if (ground > two.top) return "Two wells, but the zero-point energy lies above the barrier.";
  if (d1 === 0) return first < two.top ? "Double well: E_1 − E_0 is the splitting of its ground state by tunnelling." :
    "Double well with its ground state just below the barrier.";
  return "Unequal wells: the ground state lies in the lower one, E_1 − E_0 is asymmetry more than tunnelling.";
}

// E_1 − E_0 at the D_2 of a table: of two levels, the square of the spacing goes with that of D_1.
function spacing(table, d1) {
  const pull = Math.abs(d1), i = Math.max(1, table.findIndex((row) => row.d1 >= pull)), [a, b] = [table[i - 1], table[i]];
  const t = (pull ** 2 - a.d1 ** 2) / (b.d1 ** 2 - a.d1 ** 2);
  return a.spacing.map((gap, j) => Math.sqrt((1 - t) * gap ** 2 + t * b.spacing[j] ** 2));
}

export function ui(root, model) {
  const { spacing: curves, asymmetric, glasses, count } = model.get("table");
  const places = Array.from({ length: 261 }, (_, i) => -3.9 + 0.03 * i);
  const wellX = { label: "displacement x", low: -3.9, high: 3.9 };
  const high = 46, low = -3, well = plot("Potential, levels and wave functions", wellX,
    { label: "energy above the minimum (W)", low, high });
  const doublet = plot("Lowest spacing against restoring force", { label: "restoring force D_2", low: -11.5, high: 12.5 },
    { label: "(E_1 − E_0)/W", low: 1e-6, high: 30, log: true, ticks: [1e-6, 1e-4, 0.01, 1] });
  doublet.line("symmetric", curves.symmetric, "faint");
  doublet.line("tunnelling", curves.tunnelling, "dashed");
  doublet.line("harmonic", curves.harmonic, "dashed");
  doublet.dot("tunnelling law", [-8, 1e-4], "tiny", "tunnelling law", 0);
  doublet.dot("harmonic law", [2, 1.6], "tiny", "harmonic, 2√D_2", -14);

  const draw = ({ d1, d2, glass }) => {
    const { levels, waves } = states(d1, d2, count, places), potential = places.map((x) => energy(d1, d2, x));
    const least = Math.min(...potential), largest = Math.max(...waves.flat().map(Math.abs));
    well.line("potential", potential.map((v, i) => [places[i], v - least]), "kept");
    waves.forEach((wave, n) => {
      const first = wave.find((v) => Math.abs(v) > 0.01 * largest);
      const seen = places.map((x, i) => [x, wave[i] * Math.sign(first) / largest]).filter(([, v]) => Math.abs(v) > 0.004);
      well.line(`level ${n}`, [seen[0], seen[seen.length - 1]].map(([x]) => [x, levels[n] - least]), "faint kept");
      well.line(`wave ${n}`, seen.map(([x, v]) => [x, levels[n] - least + 0.05 * (high - low) * v]), n % 2 ? "current dashed" : "current");
    });
    const results = estimates(d1, d2, levels, glasses[glass]), { kelvin } = glasses[glass];
    doublet.line("spacing", spacing(asymmetric, d1).map((gap, i) => [curves.symmetric[i][0], gap]), "current kept");
    doublet.dot("marker", [d2, results.spacing], "marker");
    return { results, message: behaviour(d1, d2, wells(d1, d2), levels), table: () => [["level", "E_n/W", "(E_n − E_0)/W", "(E_n − E_0)/k_B (K)"],
      ...levels.map((level, n) => [String(n), level, level - levels[0], (level - levels[0]) * kelvin])] };
  };

  return frame(root, model, [well, doublet], draw).stop;
}
