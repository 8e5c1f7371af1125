"""Figures of a page: vector pictures in colours of day and night, with a number, a caption and a description."""

import colorsys
import re
from collections.abc import Sequence
from html import escape

GROUNDS = {"light": "#ffffff", "dark": "#141416"}
"""What lies behind a figure, by colour scheme."""
MEANING = 3.0
"""Contrast that a line with a meaning has at least."""

_COLOUR = re.compile(r"#([0-9a-f]{6})\b")
_VARIABLE = re.compile(r"--c-([0-9a-f]{6})\b")
_REFERRED = re.compile(r'(?:url\(|href=")#([^)"]+)[)"]')
# a label of ten units is a little smaller than the text around it
_SCALE = 1.35
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_FEW = 6
"""Numbers that one can take in while listening."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour `#rrggbb`, as accessibility guidelines define it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Ratio in which two colours stand out from each other, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def by_night(colour: str) -> str:
    """Return the colour of the same hue that stands out from the dark ground as much as this one from white."""
    wanted = contrast(colour, GROUNDS["light"])
    hue, _, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        found = "#" + "".join(f"{round(255 * c):02x}" for c in colorsys.hls_to_rgb(hue, middle, saturation))
        above = luminance(found) >= luminance(GROUNDS["dark"])
        low, high = (low, middle) if above and contrast(found, GROUNDS["dark"]) >= wanted else (middle, high)
    return "#" + "".join(f"{round(255 * c):02x}" for c in colorsys.hls_to_rgb(hue, high, saturation))


def legible(colour: str) -> str:
    """Return a colour for lines: this one, or where it hardly stands out from white, a darker one of the same hue."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    while contrast(colour, GROUNDS["light"]) < MEANING:
        lightness -= 0.01
        colour = "#" + "".join(f"{round(255 * c):02x}" for c in colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def night(html: str) -> str:
    """Return the style that gives the colours of the pictures in a page their counterparts by night."""
    colours = "".join(f"--c-{c}:{by_night('#' + c)};" for c in sorted(set(_VARIABLE.findall(html))))
    return f"<style>@media screen and (prefers-color-scheme: dark){{:root{{{colours}}}}}</style>" if colours else ""


def vector(svg: str, prefix: str) -> str:
    """SVG as an element within a page: no names that another one could have, colours that follow the scheme."""
    body = re.sub(
        r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL
    )
    used = set(_REFERRED.findall(body))
    body = re.sub(r' id="([^"]*)"', lambda m: f' id="{prefix}{m[1]}"' if m[1] in used else "", body)
    body = _REFERRED.sub(lambda m: m[0].replace("#" + m[1], f"#{prefix}{m[1]}"), body)
    body = re.sub(r'\b(?:d|x|y)="[^"]*"', lambda m: re.sub(r"(\.\d\d)\d+", r"\1", m[0]), body)
    body = re.sub(r"'DejaVu Sans'[^;\"]*sans-serif", "'DejaVu Sans', Verdana, sans-serif", body)
    body = re.sub(r"(stroke: )(#[0-9a-f]{6})", lambda m: m[1] + (m[2] if m[2] == "#ffffff" else legible(m[2])), body)
    body = re.sub(r'style="[^"]*"', lambda m: _COLOUR.sub(r"var(--c-\1,#\1)", m[0]), body)
    body = re.sub(r'<svg\b[^>]*?(viewBox="\S+ \S+ (\S+) (\S+)")[^>]*>', _sized, body, count=1)
    return re.sub(r"\s*\n\s*", "\n", body).strip()


def _sized(svg: re.Match[str]) -> str:
    width, height = float(svg[2]), float(svg[3])
    style = f"width:{width * _SCALE:.0f}px;aspect-ratio:{width:g}/{height:g}"
    return f'<svg {svg[1]} style="{style}" aria-hidden="true">'


def first_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence of a description without its many numbers, and what follows."""
    found = re.match(r"(.+?(?<!\beq)(?<!\bfig)[.!?])\s+(?=[A-Za-z(])(.*)", text, re.DOTALL)
    first, rest = found.groups() if found else (text, "")
    head, colon, numbers = first.partition(": ")
    return (head + ".", f"{numbers} {rest}".strip()) if colon and len(_NUMBERS.findall(numbers)) > 3 else (first, rest)


def indexed(text: str) -> str:
    """Text as HTML in which one letter after a low line is an index."""
    return re.sub(r"_(\w)", r"<sub>\1</sub>", escape(text, quote=False))


def named(numbers: Sequence[str]) -> str:
    """Which panels are which figures of the paper, in words that follow the name of a figure."""
    known = [number for number in numbers if number]
    if len(known) == len(numbers) or not known:
        return f", fig{'.' if len(known) == 1 else 's'} {' and '.join(known)} of the paper" if known else ""
    sided = zip(_sides(len(numbers)), numbers, strict=True)
    return "; " + ", ".join(f"{side}, fig. {number} of the paper" for side, number in sided if number)


def _sides(count: int) -> Sequence[str]:
    return ("left", "right") if count == 2 else [f"panel {i}" for i in range(1, count + 1)]


def _caption(sentences: Sequence[str]) -> str:
    """Return what the panels show, each by its place unless all show the same."""
    if len(set(sentences)) == 1:
        return sentences[0]
    return " ".join(
        f"{side.capitalize()}: {said}" for side, said in zip(_sides(len(sentences)), sentences, strict=True)
    )


def figure(panels: Sequence[str], text: str, anchors: Sequence[str], label: str) -> str:
    """Make a figure with its caption; a description of many numbers is folded beneath, its first sentence read aloud.

    The text has a line for each panel, or one for all. The first of `anchors` is the figure's own, the others are those
    of the panels after the first, where they have one.
    """
    anchor = anchors[0]
    lines = text.split("\n")
    said, rest = zip(*map(first_sentence, lines), strict=True)
    many = any(rest) and len(_NUMBERS.findall(text)) > _FEW
    caption = _caption(said if many else lines)
    drawn = [vector(svg, f"{anchor}-{i}-") for i, svg in enumerate(panels)]
    marked = zip(drawn, anchors, strict=True)
    pictures = "".join(
        svg.replace("<svg", f'<svg id="{own}"', 1) if own and i else svg for i, (svg, own) in enumerate(marked)
    )
    numbers = (
        f"<details><summary>in numbers</summary><p>{indexed(' '.join(filter(None, rest)))}</p></details>"
        if many
        else ""
    )
    single = ' class="single"' if len(panels) == 1 else ""
    return (
        f'<figure id="{anchor}"{single}><div class="panels" role="img" aria-label="{escape(caption)}">{pictures}</div>'
        f"<figcaption><b>{label}.</b> {indexed(caption)}{numbers}</figcaption></figure>"
    )
