document.addEventListener("DOMContentLoaded", () => {
  for (const element of document.querySelectorAll(".tex[data-tex]"))
    katex.render(element.dataset.tex, element, {displayMode: element.matches(".display"), throwOnError: false});
});
