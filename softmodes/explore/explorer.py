"""What all explorers share: traits as sliders, and the several forms in which a notebook can show them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import anywidget
import traitlets

from softmodes.arguments import member, shown
from softmodes.figures.style import COLOURS, as_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FOLDER = Path(__file__).parent
_SHARED = ("explorer", "plot", "tools")
DRAWINGS = tuple(sorted({path.stem for path in _FOLDER.glob("*.js")} - set(_SHARED)))
"""Names of the explorers' own ES modules."""
# T_m and T_g look here as they do in the figures; a glass brings its own colour in the table.
_COLOURS = " ".join(f"--{name}: {colour};" for name, colour in COLOURS.items())
_BRACES = str.maketrans("", "", "{}")  # of what is lowered or raised
_CSS = f".softmodes-explorer {{ {_COLOURS} }}\n" + (_FOLDER / "explorer.css").read_text(encoding="utf-8")


class Slider(traitlets.Float[float, float]):
    """A number from `low` to `high` that a reader moves; what lies outside is refused in one line."""

    def __init__(
        self, default: float, low: float, high: float, step: float, label: str, unit: str = "", help: str = ""
    ) -> None:
        super().__init__(default, help=help)
        self.low, self.high, self.step, self.label, self.unit = low, high, step, label, unit
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> float:
        """Refuse what lies outside, and keep a float."""
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not (number and self.low <= value <= self.high):
            text = shown(value).strip("'") if isinstance(value, str) else shown(value)
            raise ValueError(f"{self.name} must be a number from {self.low:g} to {self.high:g}, got {text}")
        return float(value)

    def describe(self) -> dict[str, Any]:
        """Return what the page needs to draw this slider."""
        return {name: getattr(self, name) for name in ("name", "label", "unit", "low", "high", "step")}

    def document(self, name: str) -> str:
        """Return what a docstring says of it."""
        return f"{name} : float, {self.low:g} to {self.high:g} {self.unit}".rstrip()


class Choice(traitlets.Enum[Any]):
    """One of several values, `{value: text for the reader}`."""

    def __init__(self, options: Mapping[Any, str], label: str, help: str = "") -> None:
        super().__init__(list(options), default_value=next(iter(options)), help=help)
        self.options, self.label = options, label
        self.tag(sync=True)

    def validate(self, obj: Any, value: object) -> Any:
        """Refuse what is none of the options."""
        return member(str(self.name), value, self.options)

    def describe(self) -> dict[str, Any]:
        """Return what the page needs to draw this choice."""
        return {"name": self.name, "label": self.label, "options": list(self.options.items())}

    def document(self, name: str) -> str:
        """Return what a docstring says of it."""
        return f"{name} : {{{', '.join(map(repr, self.options))}}}"


class Readout(NamedTuple):
    """A number or word among the `estimates`, None where there is none: said in so many digits on a tile."""

    name: str
    label: str
    unit: str = ""
    digits: int = 3

    def document(self) -> str:
        """Return what a docstring says of it."""
        return f"- {self.name}: {self.label.translate(_BRACES)}" + (f" [{self.unit}]" if self.unit else "")

    def say(self, value: float | str | None) -> str:
        """Return what a description says of it."""
        text = value if isinstance(value, str) else "none" if value is None else f"{value:.{self.digits}g} {self.unit}"
        return f"{self.label.translate(_BRACES)} = {text}".rstrip()


def module(name: str) -> str:
    """Return the drawing code of an explorer, its ES module and the shared ones, without imports and exports."""
    texts = [(_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in (*_SHARED, name)]
    lines = [line for line in "\n".join(texts).splitlines() if not line.startswith("import ")]
    return "\n".join(line.removeprefix("export ") for line in lines)


def as_widget(name: str) -> str:
    """Return the ES module that JupyterLab loads for an explorer."""
    return module(name) + "\nexport default { render({ model, el }) { return ui(el, model); } };\n"


def page_script(name: str, state: str) -> str:
    """Return the script of an explorer in a page, which differs from others of its kind by the state alone."""
    # Its place is the first about the script that no explorer has taken: a page may hold the outputs of several
    # kernels, and some who show it run the script elsewhere.
    return (
        f"(function () {{\n{module(name)}\n"
        'const free = (part) => part?.querySelector(".softmodes-place");\n'
        "const place = free(document.currentScript?.parentNode) ?? free(document);\n"
        f'place.className = "";\nui(place, standalone({state}));\n}})();'
    )


class Explorer(anywidget.AnyWidget):
    """Base of the explorers: traits are the state, `estimates` what the package computes from it.

    A subclass declares its sliders, choices and readouts, from which page, picture, `repr` and docstring are made; it
    names its ES module, gives its `table` (what the page draws from) and computes `_estimates()`.
    """

    _css = _CSS
    _module = ""
    _title = ""
    _readouts: tuple[Readout, ...] = ()
    """What `_estimates()` computes, in the order of the page; what it leaves out is None."""
    _presets: Sequence[tuple[str, Mapping[str, Any]]] = ()
    """Pairs of a label and the values of traits that the paper has."""
    _paper = "paper"
    _given = ""
    """What else than its state an explorer was made from, as Python has it."""
    _badge: tuple[str, str] | None = ("paper value", "not the paper's value")
    """What the page says at a preset and elsewhere; None where presets are examples and not numbers of the paper."""
    table = traitlets.Dict().tag(sync=True)
    estimates = traitlets.Dict(read_only=True)
    """The numbers behind the picture, computed by the package; follows the sliders."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Fill what the class declares into its docstring."""
        super().__init_subclass__(**keywords)
        if cls.__doc__:
            state = "\n".join(f"{trait.document(name)}\n    {trait.help}" for name, trait in cls._state().items())
            estimates = "\n".join(readout.document() for readout in cls._readouts)
            # Python dedents what is written in a class from 3.13 on, and not what is filled in
            cls.__doc__ = cleandoc(cls.__doc__).replace("{state}", state).replace("{estimates}", estimates)

    def __init__(self, **values: Any) -> None:
        unknown = sorted(set(values) - set(self._state()))
        if unknown:
            raise ValueError(f"{type(self).__name__} has {', '.join(self._state())}, got {unknown[0]}")
        super().__init__(**values)
        self.table = {
            "title": self._title,
            "class": type(self).__name__,
            "given": self._given,
            "start": self._values(),
            "sliders": [trait.describe() for trait in self._state().values() if isinstance(trait, Slider)],
            "choices": [trait.describe() for trait in self._state().values() if isinstance(trait, Choice)],
            "readouts": [readout._asdict() for readout in self._readouts],
            "presets": [{"label": label, "values": preset} for label, preset in self._presets],
            "paper": self._paper,
            "badge": self._badge,
            **self._tables(),
        }
        self.observe(lambda change: self._update(), names=list(self._state()))
        self._update()

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse a name that is mistyped: it would become an attribute that moves nothing."""
        if not (name.startswith("_") or hasattr(type(self), name)):
            raise AttributeError(f"{type(self).__name__} has {', '.join(self._state())}, got {name}")
        super().__setattr__(name, value)

    @classmethod
    def _state(cls) -> dict[str, Slider | Choice]:
        # In the order in which the class declares them, which is the order on the page. A widget is an instance of a
        # class made from its own, hence the whole line of ancestors.
        declared = {name: trait for base in reversed(cls.__mro__) for name, trait in vars(base).items()}
        return {name: trait for name, trait in declared.items() if isinstance(trait, Slider | Choice)}

    def _update(self) -> None:
        self.set_trait("estimates", {**dict.fromkeys(readout.name for readout in self._readouts), **self._estimates()})

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._state()}

    def __repr__(self) -> str:
        """Return the line of Python that makes this explorer."""
        state = [f"{name}={value!r}" for name, value in self._values().items()]
        return f"{type(self).__name__}({', '.join([*filter(None, [self._given]), *state])})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        picture, alt = self._picture()
        encoded = base64.b64encode(picture).decode()
        data = {**data, "text/plain": repr(self), "image/png": encoded, "text/html": self._page(encoded, alt)}
        return data, {**metadata, "image/png": {"alt": alt}}

    def _page(self, encoded: str, alt: str) -> str:
        """Return the explorer as HTML without kernel and network; the picture stands where scripts may not run."""
        values = self._values()
        # A page goes back to how it was opened.
        state = json.dumps({"table": {**self.table, "start": values}, **values}, ensure_ascii=False).replace(
            "</", "<\\/"
        )
        alt = alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        return (
            f'<style>{_CSS}</style><div class="softmodes-place"><img alt="{alt}" src="data:image/png;base64,{encoded}">'
            f"</div>\n<script>{page_script(self._module, state)}</script>"
        )

    def _picture(self) -> tuple[bytes, str]:
        """Return the two plots as PNG bytes, and what they and the readouts say."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9.6, 3.6), layout="constrained")
        said = [readout.say(self.estimates[readout.name]) for readout in self._readouts]
        alt = f"{' '.join(self._draw(*figure.subplots(1, 2)))} {self._title}: {'; '.join(said)}."
        return as_png(figure), alt

    def _tables(self) -> dict[str, Any]:
        """Return what the page draws from, beside the state."""
        raise NotImplementedError

    def _estimates(self) -> dict[str, Any]:
        """Return the numbers behind the picture; what is left out is None."""
        raise NotImplementedError

    def _draw(self, left: Axes, right: Axes) -> Iterator[str]:
        """Draw both plots, and yield what they show."""
        raise NotImplementedError
