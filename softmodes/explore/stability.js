import { frame, ranges } from "./explorer.js";
import { plot } from "./plot.js";

// Eqs 19, 20, 23 and 24 from one table of ⟨u²⟩(η'), which does not depend on ε_m/k_BT and serves every slider position.

const fourthMoment = (mean, variance) => 4 * (variance + mean ** 2);

// Moments at any η' from the table by Hermite interpolation in asinh η': mean ⟨u²⟩, fourth = 4⟨u⁴⟩ = 1 − 2η'⟨u²⟩, and
// integral = ln ∫exp(−η'u² − u⁴)du. All slopes are known: d⟨u²⟩/dη' = −variance.
function thermal({ eta_prime: h, mean, variance, log_integral }) {
  const x = h.map(Math.asinh), step = (x[x.length - 1] - x[0]) / (x.length - 1);
  const fourth = h.map((_, i) => fourthMoment(mean[i], variance[i]));
  const slopes = {
    mean: h.map((v, i) => -variance[i] * Math.cosh(x[i])),
    fourth: h.map((v, i) => (2 * v * variance[i] - 2 * mean[i]) * Math.cosh(x[i])),
    integral: h.map((v, i) => -mean[i] * Math.cosh(x[i])),
  };
  const last = h[h.length - 1];
  return (at) => {
    if (at > last) return { mean: (1 - 3 / at ** 2) / (2 * at), fourth: 3 / at ** 2, integral: Math.log(Math.PI / at) / 2 };
    const place = Math.asinh(at), i = Math.max(0, Math.min(h.length - 2, Math.floor((place - x[0]) / step)));
    const t = (place - x[i]) / step, s = 1 - t;
    const hermite = (values, slope) => s * s * (1 + 2 * t) * values[i] + t * t * (3 - 2 * t) * values[i + 1]
      + step * s * t * (s * slope[i] - t * slope[i + 1]);
    return { mean: hermite(mean, slopes.mean), fourth: hermite(fourth, slopes.fourth), integral: hermite(log_integral, slopes.integral) };
  };
}

// (βε_k)^½ on the strong branch, eq. 24 with +; NaN beyond the fold of βε_m < 1.
function strong(h, b, { mean, fourth }) {
  const under = h > 0 ? b - 1 + fourth : b - 2 * h * mean;
  return (b + Math.sqrt(b * (Math.abs(under) < 1e-12 ? 0 : under))) / mean;
}

// (βε_k)^½ on the weak branch at η' > 0: eq. 24 with −, by the product of the two roots.
const weak = (h, b, row) => 2 * b * h / (row.mean * strong(h, b, row));

// η_k and ε_k/ε_m of a point with this (βε_k)^½.
const onCurve = (h, root, b) => [h / root, root ** 2 / b];

// At b < 1 both branches end in one point: the fold, where η_k = ½ and 2η'⟨u²⟩ = βε_m.
function fold(b, moments) {
  const h = Math.sinh(bisect((x) => 2 * Math.sinh(x) * moments(Math.sinh(x)).mean - b, 0, 20));
  return onCurve(h, 2 * h, b);
}

// β times the free energy of a soft spot at η = h/scale, and its slope over η; scale is (βε_k)^½.
const freeEnergy = (h, b, scale, moments) => b * (1 - h / scale) ** 2 - moments(h).integral;
const force = (h, b, scale, moments) => scale * moments(h).mean - 2 * b * (1 - h / scale);

function harmonicLimits(b) {
  const eta_1 = (1 + Math.sqrt(1 - 1 / b)) / 2;
  return [eta_1, 1 / (4 * b * eta_1)];
}

function bisect(f, low, high) {
  const sign = Math.sign(f(low));
  for (let i = 0; i < 200 && high - low > 1e-15 * (1 + Math.abs(low)); i++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) low = middle; else high = middle;
  }
  return (low + high) / 2;
}

// Point of the stability curve at η_k, or null: eq. 20 multiplied by 2η', smooth where the branches of βε_m < 1 join.
function pointAt(eta, b, moments) {
  const fourth = 1 - 4 * b * eta * (1 - eta);  // zero at η_1 and η_2, negative between them
  if (!(fourth > 0 && eta < 1)) return null;
  const h = Math.sinh(bisect((x) => moments(Math.sinh(x)).fourth - fourth, -9.9, 20));
  const { mean } = moments(h), root = 2 * b * (1 - eta) / mean;
  return { eta, root, epsilon: root ** 2 / b, mean_square: mean / root, branch: eta <= 0.5 ? "strong" : "weak" };
}

export function ui(root, model) {
  const { thermal: table, glasses, presets } = model.get("table"), range = ranges(model);
  const moments = thermal(table), rows = table.eta_prime.map((h, i) => ({
    h, mean: table.mean[i], fourth: fourthMoment(table.mean[i], table.variance[i]), integral: table.log_integral[i] }));
  const views = {
    both: [{ label: "restoring force η_k", low: range.eta[0], high: range.eta[1] }, { label: "ε_k/ε_m", low: 0.1, high: 1e5, log: true }],
    printed: [{ label: "restoring force η_k", low: -0.2, high: 0.12 }, { label: "ε_k/ε_m", low: 0, high: 500 }],
  };
  const stability = plot("Mode energy against restoring force", ...views.both);
  const landscapeX = { label: "restoring force η", low: -0.5, high: 1.2 };
  const landscape = plot("Free energy of a soft spot", landscapeX, { label: "(F − F_{min})/ε_m", low: -0.6, high: 1.5 });

  const branches = (b) => {
    const curves = { strong: [], weak: [] };
    for (const row of rows) {
      curves.strong.push(onCurve(row.h, strong(row.h, b, row), b));
      if (row.h > 0) curves.weak.push(onCurve(row.h, weak(row.h, b, row), b));
    }
    if (b < 1) {  // the fold lies between two rows
      for (const name of ["strong", "weak"]) curves[name] = [...curves[name].filter(([eta]) => Number.isFinite(eta)), fold(b, moments)];
    }
    return curves;
  };

  const drawLandscape = (point, b) => {
    const scale = point && point.root;
    const free = (h) => freeEnergy(h, b, scale, moments), slope = (h) => force(h, b, scale, moments);
    const dense = point ? Array.from({ length: 341 }, (_, i) => scale * (-0.5 + i * 0.005)) : [];
    const places = { minimum: null, maximum: null };
    for (let i = 1; i < dense.length; i++) {
      const [before, after] = [slope(dense[i - 1]), slope(dense[i])];
      if (before * after <= 0) places[before < 0 ? "minimum" : "maximum"] = bisect(slope, dense[i - 1], dense[i]);
    }
    const none = places.minimum === null && places.maximum === null;
    const floor = none ? point && free(point.eta * scale)
      : places.minimum === null ? Math.min(...dense.map(free)) : free(places.minimum);
    const height = (h) => (free(h) - floor) / b;
    landscape.line("curve", dense.map((h) => [h / scale, height(h)]), "glass kept");
    for (const [name, h] of Object.entries(places)) {
      landscape.dot(name, h === null ? null : [h / scale, height(h)], "free", name, name === "minimum" ? -18 : 7);
    }
    landscape.dot("marker", point && [point.eta, height(point.eta * scale)], "marker");
    landscape.words("empty", point ? NaN : landscapeX.low, landscapeX.high, "no mode in balance at this η_k:", "there is no landscape to draw");
  };

  const draw = ({ beta_epsilon_m: b, eta, glass, view }) => {
    const [eta_1, eta_2] = harmonicLimits(b), curves = branches(b), point = pointAt(eta, b, moments);
    stability.axes(...views[view]);
    presets.forEach(({ label, values }, index) =>
      stability.line(label, branches(values.beta_epsilon_m).strong, index ? "melting faint" : "glass faint"));
    stability.line("strong", curves.strong, "current kept");
    stability.line("weak", curves.weak, "current dashed kept");
    stability.arrow("η_1", view === "both" ? eta_1 : NaN, "η_1");
    stability.arrow("η_2", eta_2, "η_2");
    stability.dot("marker", point && [eta, point.epsilon], "marker");
    const [from, to] = [Math.max(eta_2, views[view][0].low), Math.min(eta_1, views[view][0].high)];
    stability.band("forbidden", from, to, "forbidden");
    stability.line("here", point ? [] : [[eta, views[view][1].low || 1], [eta, views[view][1].high]], "faint dashed");
    stability.words("forbidden", from, to, "no mode in balance", "between η_2 and η_1:", "eq. 20 would need ⟨x_k^4⟩ < 0");
    drawLandscape(point, b);
    const { thermal_energy, area_per_energy, name } = glasses[glass];  // k_BT_g in eV, Å²/eV
    const energy = point && point.epsilon * b * thermal_energy;
    const area = point && area_per_energy && energy * area_per_energy;
    const results = { eta_1, eta_2, branch: point?.branch ?? "none", epsilon: point?.epsilon, mean_square: point?.mean_square,
      energy, participation_area: area, atoms: area };
    const message = b < 1 ? "k_BT exceeds ε_m: outside the harmonic scheme of eq. 19; the branches of eq. 24 join at η_k = ½." :
      point ? `A mode of ${name} that freezes in at T_g with this ε_m/k_BT_g has this energy and these atoms.` :
      eta < 1 ? "No mode is in balance here: choose η_k below η_2 or above η_1." :
      "At η_k = 1 nothing is left of the mode: its energy has fallen to zero.";
    return { results, message, table: () => [["branch", "η_k", "ε_k/ε_m"],
      ...["strong", "weak"].flatMap((branch) => curves[branch].filter(([e, y], i) => i % 12 === 0 && e > -0.5 && y < 1e6 && y > 1e-3)
        .map(([e, y]) => [branch, e, y]))] };
  };

  const page = frame(root, model, [stability, landscape], draw);
  stability.drag((eta) => page.change({ eta: Math.min(range.eta[1], Math.max(range.eta[0], Math.round(eta * 1000) / 1000)) }));
  return page.stop;
}
