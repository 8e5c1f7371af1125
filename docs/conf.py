"""The reference, built from the docstrings, and the how-to pages around it: `make docs`."""

import ast
import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

from bs4 import BeautifulSoup
from click import Context
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import softmodes
from softmodes.places import NOTEBOOKS
from softmodes.report.commands import main
from softmodes.report.lifeline import spare_grammar

# before the first reader of notebooks is imported
spare_grammar()
from softmodes.report.notebooks import find_notebooks, page_of  # noqa: E402
from softmodes.report.page.formulas import with_mathml  # noqa: E402
from softmodes.report.page.links import link, places  # noqa: E402

project, author, release = "softmodes", "the authors of softmodes", softmodes.__version__
copyright = f"{author}; texts under CC BY 4.0"
extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_parser"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
autodoc_typehints = "none"  # the words of the docstrings say more
autodoc_member_order = "bysource"
default_role = "obj"
html_theme, html_title = "furo", f"softmodes {release}"
html_math_renderer = "formulas"
html_static_path = ["../softmodes/report/katex", "static"]
html_css_files = ["katex.min.css"]
html_js_files = ["katex.min.js", "formulas.js"]
html_sidebars = {"**": ["sidebar/brand.html", "report.html", "sidebar/search.html", "sidebar/navigation.html"]}
templates_path = ["templates"]
html_show_sphinx, html_copy_source, toc_object_entries_show_parents = False, False, "hide"


def _offered():
    """Where each name that a room offers on first use is defined, as the stubs say."""
    found, package = {}, Path(softmodes.__file__).parent
    # what the package itself offers comes from the rooms
    for stub in sorted(package.rglob("__init__.pyi"), reverse=True):
        room = ".".join(stub.parent.relative_to(package.parent).parts)
        for line in ast.parse(stub.read_text(encoding="utf-8")).body:
            for name in line.names if isinstance(line, ast.ImportFrom) and line.module else ():
                home = f"{room}.{line.module}.{name.name}"
                found[f"{room}.{name.name}"] = found.get(home, home)
    return found


PLACES = places(find_notebooks(NOTEBOOKS), lambda name: f"../{page_of(name)}")
"""Where the equations and figures are in the report beside which the reference lies."""
HOMES = _offered()
NAMES = {home: name for name, home in sorted(HOMES.items(), key=lambda pair: -len(pair[0]))}
"""The shortest name of each thing that a room offers."""


class Room(SphinxDirective):
    """All public names of a room: what it offers, or else what its modules define; a section a module."""

    required_arguments = 1

    def run(self):
        room = import_module(self.arguments[0])
        modules = [import_module(each.name) for each in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")]
        text = "\n".join([f".. automodule:: {room.__name__}\n", *(_section(each, room) for each in modules)])
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def _section(module, room):
    own = {f"{module.__name__}.{name}": value for name, value in vars(module).items() if not name.startswith("_")}
    if hasattr(room, "__all__"):
        own = {home: value for home, value in own.items() if home in NAMES}
    else:
        own = {home: value for home, value in own.items() if getattr(value, "__module__", "") == module.__name__}
    if not own:
        return ""
    title = module.__name__.rpartition(".")[2]
    entries = "\n".join(_entry(NAMES.get(home, home), value) for home, value in own.items())
    # of a function and its module with one name it means the function
    index = "   :no-index:\n" if module.__name__ in HOMES else ""
    return f"{title}\n{'-' * len(title)}\n\n.. automodule:: {module.__name__}\n{index}\n{entries}"


def _entry(name, value):
    if inspect.isclass(value):
        return f".. autoclass:: {name}\n   :members:\n"
    return f".. autofunction:: {name}\n" if inspect.isroutine(value) else f".. autodata:: {name}\n   :no-value:\n"


class Commands(SphinxDirective):
    """What `--help` says of each command."""

    def run(self):
        helps = (
            command.get_help(Context(command, info_name=f"softmodes {name}")) for name, command in main.commands.items()
        )
        return [nodes.literal_block(text, text, language="text") for text in helps]


def _called_by_all_its_names(app, env):
    """Let whoever looks up a thing, or a part of it, by any name that it has find it."""
    known = env.domains["py"].objects
    own = [*known.items()]
    for name, home in HOMES.items():
        short = NAMES[home]
        for said, entry in own:
            if said == short or said.startswith(f"{short}."):
                for other in {name, home} - {short}:
                    known[other + said.removeprefix(short)] = entry._replace(aliased=True)


def _formula(display):
    """What writes a formula into a page as the texts of the report have it."""

    def write(self, node):
        kind, dollars = ("tex display", "$$") if display else ("tex", "$")
        self.body.append(f'<span class="{kind}">{dollars}{self.encode(node.astext())}{dollars}</span>')
        raise nodes.SkipNode

    return write, None


def _furnished(app, page, template, context, tree):
    """Formulas as MathML, which needs neither script nor network; equations and figures lead to their notebook."""
    body = BeautifulSoup(context.get("body", ""), "html.parser")
    link(body, PLACES, page)
    for cited in body.select("span.citation:has(button)"):
        cited.replace_with(cited.button.text)
    context["body"] = with_mathml(str(body))


def setup(app):
    """Called by Sphinx."""
    app.add_directive("room", Room)
    app.add_directive("commands", Commands)
    app.add_html_math_renderer("formulas", _formula(False), _formula(True))
    app.connect("env-updated", _called_by_all_its_names)
    app.connect("html-page-context", _furnished)
