// Formulas as KaTeX sets them; what one defines holds in all that follow.
document.addEventListener("DOMContentLoaded", () => {
  const macros = {};
  for (const element of document.querySelectorAll(".tex[data-tex]"))
    katex.render(element.dataset.tex, element, {displayMode: element.matches(".display"), macros, globalGroup: true, throwOnError: false});
});
