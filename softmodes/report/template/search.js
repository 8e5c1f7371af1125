(() => {
  // All texts of the report stand in this page; the others send what is sought as `?search=`.
  const data = document.querySelector("script#texts");
  if (!data) return;
  const texts = JSON.parse(data.textContent), place = document.getElementById("found");
  const input = document.querySelector(".search input");
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    place.replaceChildren();
    if (!words.length) return;
    const hits = texts.filter(([, , title, text]) => words.every((word) => `${title} ${text}`.toLowerCase().includes(word)));
    const list = document.createElement("ul"), said = document.createElement("p");
    said.textContent = `${hits.length || "No"} ${hits.length === 1 ? "place has" : "places have"} “${input.value}”.`;
    list.className = "results";
    for (const [href, page, title, text] of hits.slice(0, 40)) {
      const entry = document.createElement("li"), link = document.createElement("a"), line = document.createElement("div");
      link.href = href;
      link.textContent = `${page} › ${title}`;
      const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 60), piece = text.slice(at, at + 180);
      for (const part of piece.split(new RegExp(`(${words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "i"))) {
        const found = words.includes(part.toLowerCase());
        line.append(found ? Object.assign(document.createElement("mark"), { textContent: part }) : part);
      }
      entry.append(link, line);
      list.append(entry);
    }
    place.append(said, list);
  };
  input.form.addEventListener("submit", (event) => { event.preventDefault(); show(); place.scrollIntoView({ block: "start" }); });
  input.addEventListener("input", show);
  input.value = new URLSearchParams(location.search).get("search") ?? "";
  show();
})();
