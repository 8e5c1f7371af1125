// The boxes of a page: what is given falls into cells of grids, and the digest of a cell says whether it is one of those meant.
// What is said stands in ASK, which comes before this.
(() => {
  const bytes = (text) => new TextEncoder().encode(text);
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (x) => ((x % 1) * 2 ** 32) | 0;
  const ROUND = primes.map((p) => fraction(Math.cbrt(p))), START = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  // SHA-256: what the browser has of its own is not there for every page that is opened as a file.
  function sha256(text) {
    const given = bytes(text), blocks = new Uint8Array(Math.ceil((given.length + 9) / 64) * 64);
    blocks.set(given);
    blocks[given.length] = 128;
    const view = new DataView(blocks.buffer), state = START.slice();
    view.setUint32(blocks.length - 4, given.length * 8);
    for (let at = 0; at < blocks.length; at += 64) {
      const w = Array.from({ length: 16 }, (_, i) => view.getInt32(at + 4 * i));
      for (let i = 16; i < 64; i++) {
        const a = w[i - 15], b = w[i - 2];
        w[i] = (w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
      }
      [a, b, c, d, e, f, g, h].forEach((x, i) => { state[i] = (state[i] + x) | 0; });
    }
    return state.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
  }

  const read = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // The cells that values fall into, and for each whether it is one of those meant.
  function hits(target, values) {
    const cells = values.map((x, i) => typeof x === "string" ? x
      : (x < 0 ? "-" : "+") + Math.floor((Math.log(Math.abs(x)) - target.grids[i].offset) / target.width));
    const hit = target.grids.map((grid, i) => grid.digests.includes(sha256(`${target.salt}|${i}|${cells[i]}`).slice(0, grid.digests[0].length)));
    return { cells, hit, all: hit.every(Boolean) };
  }

  function decipher(target, cells) {
    const text = read(target.text), key = [target.salt, ...cells].join("|");
    const stream = Array.from({ length: Math.ceil(text.length / 32) }, (_, i) => [...read(sha256(`${key}#${i}`))]).flat();
    return new TextDecoder().decode(text.map((letter, i) => letter ^ stream[i]));
  }

  function judge(known, values, unit, spoken) {
    const { units } = known, [right, ...others] = known.targets;
    const said = (kind, more = {}) => ({ kind, text: fill(ASK[kind], { hint: "The hint may help.", ...more }) });
    const within = (factor) => hits(right, values.map((x) => typeof x === "string" ? x : x * factor));
    const found = within(units[unit]);
    if (found.all) return said("right");
    for (const [other, factor] of Object.entries(units))
      if (other !== unit && within(factor).all) return said("other unit", { other: spoken(other) });
    const meant = (target) => hits(target, values.map((x) => typeof x === "string" ? x : x * units[unit]));
    for (const target of others.filter((each) => each.text)) {
      const { cells, all } = meant(target);
      if (all) return { kind: target.kind, text: decipher(target, cells) };
    }
    if (found.hit.some(Boolean)) {
      const parts = known.parts.filter((_, i) => !found.hit[i]).join(", ");
      return { kind: "not yet", text: fill(ASK.some, { right: found.hit.filter(Boolean).length, all: found.hit.length, parts }) };
    }
    for (const target of others) if (!target.text && meant(target).all) return said(target.kind);
    return said("not yet");
  }

  // One letter after _, max or min is an index.
  const lowered = (text) => text.split(/_(max|min|\w)/).map((part, i) => i % 2 ? Object.assign(document.createElement("sub"), { textContent: part }) : part);

  // A number as people write it: with a comma, a sign of its own, or a power of ten; NaN for anything else. A comma
  // is that of decimals, whatever follows.
  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
  const number = (text) => {
    const plain = text.trim().replace(/−/g, "-").replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/, (raised) => `^${[...raised].map((c) => "0123456789-"[RAISED.indexOf(c)]).join("")}`);
    const found = /^([-+]?(?:\d+[.,]?\d*|[.,]\d+))(?:e([-+]?\d+)|\s*[·×*]\s*10\^([-+]?\d+))?$/i.exec(plain) ?? /^(10)\^([-+]?\d+)$/.exec(plain);
    if (!found) return NaN;
    if (plain.startsWith("10^")) return 10 ** found[2];
    return Number(`${found[1].replace(",", ".")}e${found[2] ?? found[3] ?? 0}`);
  };

  for (const form of document.querySelectorAll("form.ask")) {
    const known = JSON.parse(form.dataset.ask), output = form.querySelector("output");
    const spoken = (unit) => [...select.options].find((option) => option.value === unit).textContent;
    const radios = form.querySelector("input[type=radio]"), select = form.querySelector("select");
    form.addEventListener("input", () => { output.textContent = ""; delete output.dataset.kind; });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = form.querySelector("input:checked");
      const values = radios ? (chosen ? [chosen.value] : []) : [...form.querySelectorAll("input")].map((input) => number(input.value));
      const given = values.length && values.every((x) => typeof x === "string" || Number.isFinite(x));
      const { kind, text } = given ? judge(known, values, select ? select.value : known.unit, spoken)
        : { kind: "not yet", text: radios ? "Choose one first." : "Give a number, such as 0.25 or 2.5e-1, without its unit; a comma is that of decimals." };
      output.dataset.kind = kind;
      output.replaceChildren(...lowered(text));
    });
  }
})();
