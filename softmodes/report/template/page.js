(() => {
  // The switch for the code is remembered from page to page, where the browser remembers anything.
  const box = document.getElementById("show-code");
  const memory = (value) => {
    try { return value === undefined ? localStorage.getItem("show-code") : localStorage.setItem("show-code", value); } catch { return null; }
  };
  if (box) {
    box.checked = memory() !== "no";
    box.addEventListener("change", () => memory(box.checked ? "yes" : "no"));
  }
  // A list of pages closes when one looks elsewhere.
  const pages = document.querySelector(".pages");
  document.addEventListener("click", (event) => { if (!pages.contains(event.target)) pages.open = false; });
  pages.addEventListener("keydown", (event) => { if (event.key === "Escape") { pages.open = false; pages.querySelector("summary").focus(); } });
  // What can be scrolled can be reached with the keyboard.
  const reach = () => {
    for (const box of document.querySelectorAll("pre, .scroll, .katex-display, .jp-RenderedHTML, .numbers"))
      if (box.matches(".numbers") || box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
  };
  for (const moment of ["load", "resize"]) addEventListener(moment, reach);
  document.addEventListener("toggle", reach, true);
  // A reference that is shown stays on the screen.
  const within = ({ currentTarget }) => {
    const note = currentTarget.lastElementChild;
    note.style.left = 0;
    note.style.left = `${Math.min(0, document.documentElement.clientWidth - 8 - note.getBoundingClientRect().right)}px`;
  };
  for (const citation of document.querySelectorAll(".citation"))
    for (const moment of ["mouseenter", "focusin"]) citation.addEventListener(moment, within);
  // The contents: folded where they stand above the text, and marked where one reads.
  const contents = document.querySelector(".contents details");
  if (!contents) return;
  const wide = matchMedia("(min-width: 75rem)");
  const unfold = () => { contents.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();
  const links = new Map([...contents.querySelectorAll("a")].map((a) => [document.getElementById(decodeURIComponent(a.hash.slice(1))), a]));
  const headings = [...links.keys()].filter(Boolean);
  const mark = () => {
    const here = headings.filter((h) => h.getBoundingClientRect().top < 120).pop() ?? headings[0];
    for (const [heading, a] of links) heading === here ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current");
  };
  const watcher = new IntersectionObserver(mark, { rootMargin: "-110px 0px 0px 0px", threshold: [0, 1] });
  headings.forEach((heading) => watcher.observe(heading));
})();
