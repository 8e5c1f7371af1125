(() => {
  // One filter for all tables of the page that have verdicts.
  const part = (tr) => {
    let above = tr.closest(".scroll");
    while (above && above.tagName !== "H2") above = above.previousElementSibling;
    return above?.textContent ?? "";
  };
  const rows = [...document.querySelectorAll("main tr:has(.verdict)")].map((tr) => {
    const cell = (label) => tr.querySelector(`[data-label="${label}"]`)?.textContent ?? "";
    const verdict = tr.querySelector(".verdict");
    return { tr, kind: cell("kind") || part(tr), section: (cell("place") || cell("printed")).match(/§\d+/)?.[0] ?? "",
      verdict: [...verdict.classList].at(-1), name: verdict.textContent.split(/[:;,]/)[0], text: tr.textContent.toLowerCase() };
  });
  if (!rows.length) return;
  const bar = document.createElement("div"), chosen = new Set(), picks = {};
  bar.className = "filter";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Rows to be shown");
  const search = Object.assign(document.createElement("input"), { type: "search", placeholder: "Find in the tables" });
  search.setAttribute("aria-label", "Find in the tables");
  const total = document.createElement("output");
  const words = { yes: "reproduced or holds", near: "within uncertainty or in part", no: "deviates or misprint", input: "input or definition", open: "open" };
  const update = () => {
    const sought = search.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const fits = (!chosen.size || chosen.has(row.verdict)) && sought.every((word) => row.text.includes(word))
        && Object.entries(picks).every(([key, pick]) => !pick.value || row[key] === pick.value);
      row.tr.hidden = !fits;
      shown += fits;
    }
    total.textContent = `${shown} of ${rows.length} rows`;
  };
  for (const verdict of Object.keys(words).filter((each) => rows.some((row) => row.verdict === each))) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.innerHTML = `<span class="verdict ${verdict}">${words[verdict]} (${rows.filter((row) => row.verdict === verdict).length})</span>`;
    button.addEventListener("click", () => {
      chosen.delete(verdict) || chosen.add(verdict);
      button.setAttribute("aria-pressed", chosen.has(verdict));
      update();
    });
    bar.append(button);
  }
  for (const key of ["section", "kind"]) {
    const values = [...new Set(rows.map((row) => row[key]))].filter(Boolean).sort();
    if (values.length < 2) continue;
    picks[key] = document.createElement("select");
    picks[key].setAttribute("aria-label", key);
    picks[key].append(new Option(`every ${key}`, ""), ...values.map((value) => new Option(value, value)));
    picks[key].addEventListener("change", update);
    bar.append(picks[key]);
  }
  search.addEventListener("input", update);
  bar.append(search, total);
  document.querySelector("main .scroll").before(bar);
  update();
})();
