// A question that Python has written as HTML: it takes an answer, and only then shows what was kept back. Nothing that a
// reader enters leaves the page or outlasts it.

// Against an eye that wanders through the source, no more: the key stands beside the text.
function kept({ key, kept: text }) {
  const bytes = Uint8Array.from(atob(text), (c, i) => c.charCodeAt(0) ^ key.charCodeAt(i % key.length));
  // formulas are all that is HTML in it, whoever wrote it
  return JSON.parse(new TextDecoder().decode(bytes), (_, part) => part?.replace?.(/<(?!\/?(span|sub|sup)\b)/g, "&lt;") ?? part);
}

// Formulas as the page sets them; elsewhere they come as HTML.
function typeset(root) {
  for (const formula of globalThis.katex ? root.querySelectorAll(".tex:not(:has(.katex))") : [])
    katex.render(formula.textContent.slice(1, -1), formula, { throwOnError: false });
}

function compared(given, value, within) {
  if (Math.abs(given / value - 1) <= within) return "Close to it.";
  if (given * value <= 0) return given ? "Of another sign." : "Of another size.";
  return `Off by a factor of ${Number(Math.max(given / value, value / given).toPrecision(2))}.`;
}

// What was chosen, as it stands in the question, and whether it is right.
function answer(form, { options, value, within }) {
  const given = form.elements.answer;
  if (value !== undefined)
    return { said: `${given.value} ${given.dataset.unit}`, verdict: compared(Number(given.value.replace("−", "-").replace(",", ".")), value, within), comes: "" };
  const label = form.querySelector(":checked").closest("label"), [right, comes] = options[Number(given.value)];
  label.dataset.mark = right ? "✓" : "✗";
  return { said: label.querySelector("span").innerHTML, verdict: right ? "Right." : "Not so.", comes };
}

function live(form) {
  const [fields, button, status] = ["fieldset", "button", "[role=status]"].map((part) => form.querySelector(part));
  const move = form.querySelector(".move"), say = (html) => { status.innerHTML = html; typeset(status); };
  const quiz = () => {
    const { verdict, comes } = answer(form, kept(form.dataset));
    say(`<strong>${verdict}</strong> ${comes}`);
  };
  // Commit, then move the slider, then compare: a prediction stands from the first to the last.
  const steps = [
    ["Compare with what comes out", () => {
      form.querySelectorAll("label").forEach((label) => label.toggleAttribute("data-chosen", !!label.querySelector(":checked")));
      fields.disabled = true;
      move.hidden = false;
      say("Your prediction stands. It stays in this page.");
    }],
    ["Predict again", () => {
      const secret = kept(form.dataset), { said, verdict, comes } = answer(form, secret);
      say(`<dl><div><dt>Predicted</dt><dd>${said}</dd></div><div><dt>Comes out</dt><dd>${secret.outcome}</dd></div></dl>` +
        `<p><strong>${verdict}</strong> ${comes}</p><p>${secret.notice}</p>`);
    }],
    ["Commit", () => {
      form.reset();
      form.querySelectorAll("label").forEach((label) => { delete label.dataset.mark; delete label.dataset.chosen; });
      fields.disabled = false;
      move.hidden = true;
      say("");
    }],
  ];
  let step = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!move) return quiz();
    const [next, act] = steps[step++ % steps.length];
    act();
    button.textContent = next;
    button.focus();
  });
  fields.disabled = button.hidden = false;
  if (move) move.hidden = true;
}

export function enliven(root) {
  for (const section of root.querySelectorAll(".softmodes-questions:not([data-live])")) {
    section.dataset.live = "";
    section.querySelectorAll("form").forEach(live);
    // Keys belong to the control in focus, as in the explorers: JupyterLab would take arrows for moves between cells.
    for (const control of section.querySelectorAll("summary, input, button")) control.dataset.lmSuppressShortcuts = true;
  }
}
