"""What a notebook brings along as HTML, made inert: nothing in it runs, loads a file or leads away by itself.

What is named here stays, and nothing else. What is written anew from a tree of such elements is read in one way only,
by this module and by every browser: no text and no attribute in it has a `<`. Behind this stands `policy`.
"""

import re
from collections.abc import Sequence

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from softmodes.report.page.policy import is_own

_ELEMENTS = """
a abbr article aside b bdi bdo blockquote br button caption center cite code col colgroup data dd del details dfn div
dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label
legend li main mark meter nav ol optgroup option output p picture pre progress q rp rt ruby s samp search section
select small source span strike strong sub summary sup table tbody td textarea tfoot th thead time tr track tt u ul
var wbr audio video

svg circle clippath defs desc ellipse feblend fecolormatrix fecomposite feflood fegaussianblur femerge femergenode
feoffset filter g image line lineargradient marker mask path pattern polygon polyline radialgradient rect stop symbol
text textpath title tspan use

math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle
msub msubsup msup mtable mtd mtext mtr munder munderover none semantics
"""
_PROPERTIES = """
align alt autocomplete bgcolor border cellpadding cellspacing checked cite class color colspan cols controls datetime
dir disabled download face for headers height hidden high href id inputmode kind label lang loop low max maxlength min
minlength multiple muted name open optimum pattern placeholder poster readonly rel required reversed role rows rowspan
scope selected size span src srclang start step style tabindex target title type valign value width wrap

alignment-baseline baseline-shift clip-path clip-rule clippathunits cx cy d display dominant-baseline dx dy fill
fill-opacity fill-rule filter filterunits flood-color flood-opacity font-family font-size font-style font-variant
font-weight fx fy gradienttransform gradientunits in in2 letter-spacing lengthadjust marker-end marker-mid
marker-start markerheight markerunits markerwidth mask maskunits mode offset opacity operator orient overflow
pathlength patterncontentunits patterntransform patternunits points preserveaspectratio r refx refy result rotate rx
ry shape-rendering spreadmethod startoffset stddeviation stop-color stop-opacity stroke stroke-dasharray
stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor
text-decoration textlength transform vector-effect version viewbox visibility word-spacing x x1 x2 xlink:href xmlns
xmlns:xlink xml:space y y1 y2

accent accentunder columnalign columnlines columnspacing columnspan depth displaystyle fence form frame largeop
linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowalign
rowlines rowspacing rspace scriptlevel separator stretchy symmetric voffset
"""
_TAGS, _ATTRIBUTES = frozenset(_ELEMENTS.split()), frozenset(_PROPERTIES.split())
_FREE = re.compile(r"(?:aria|data)-[a-z0-9-]+")
# What lives in a page or loads another one; that something is missing is said in its place.
_ALIVE = frozenset(("script", "iframe", "object", "embed", "applet", "frame", "portal", "fencedframe"))
_GONE = _ALIVE | {"style", "template"}
# Their names would become those of `document`, where the scripts of a page look for its methods.
_NAMELESS = frozenset(("img", "image", "form"))

_LINK = re.compile(
    r"(?:https?|mailto|file):|data:(?:text/(?:csv|plain)|image/(?!svg)|application/(?:json|octet-stream|pdf|zip))\b"
    r"|(?![a-z][a-z0-9+.-]*:)",
    re.IGNORECASE,
)
_FETCHING = re.compile(r"@import|(?:image-set|\bsrc)\(|\burl\((?!\s*[\"']?(?:#|data:))", re.IGNORECASE)

# HTML in the form in which it would be written anew, without taking it apart.
_SHAPE = re.compile(
    r"(?:[^<]++|<(?:/[a-z][a-z0-9]*+|[a-z][a-z0-9]*+(?:\s++[a-z][a-z0-9:-]*+(?:=\"[^\"<>]*+\")?+)*+\s*+/?+)>)*+",
    re.IGNORECASE,
)
_TAG, _ATTRIBUTE = re.compile(r"</?([a-zA-Z0-9]+)"), re.compile(r"\s([a-zA-Z][a-zA-Z0-9:-]*)=\"")
# What has to be looked at, or closed, one by one.
_DOUBTFUL = re.compile(
    r"<(?:button|fieldset|form|select|textarea|title)|<use[^<>]*\sxlink:href=\"(?!#)|\shref=\"(?!#)"
    r"|\sxlink:href=\"(?!#|data:image/)|\sname=",
    re.IGNORECASE,
)


def is_inert(html: str) -> bool:
    """Whether HTML is inert as it stands, as far as can be seen without taking it apart."""
    if not _SHAPE.fullmatch(html) or _DOUBTFUL.search(html) or _FETCHING.search(html):
        return False
    tags, attributes = (set(map(str.lower, set(found.findall(html)))) for found in (_TAG, _ATTRIBUTE))
    return tags <= _TAGS and all(name in _ATTRIBUTES or _FREE.fullmatch(name) for name in attributes)


def make_inert(tree: BeautifulSoup) -> None:
    """Leave in a tree, in place, nothing that runs but the scripts of this package."""
    for comment in tree.find_all(string=lambda text: isinstance(text, PreformattedString)):
        comment.extract()
    missing: list[str] = []
    place = NavigableString("")
    for tag in tree.find_all(True):
        if tag.decomposed or _is_ours(tag):
            continue
        if tag.name in _ALIVE:
            if not missing:
                tag.insert_before(place)
            missing.append(tag.name)
        if tag.name in _GONE:
            tag.decompose()
        elif tag.name not in _TAGS:
            tag.unwrap()
        else:
            tag.attrs = {name: value for name, value in tag.attrs.items() if _is_harmless(tag.name, name, value)}
    if missing:
        note = tree.new_tag("span", attrs={"class": "status", "role": "note"})
        note.string = f"Left out here: {', '.join(dict.fromkeys(missing))}, which a page does not run."
        place.replace_with(note)


def inert(html: str) -> str:
    """HTML made inert, by itself."""
    if is_inert(html):
        return html
    tree = BeautifulSoup(html, "html.parser")
    make_inert(tree)
    return str(tree)


def _is_ours(tag: Tag) -> bool:
    """Whether a script is one of this package, or a style that reads no file."""
    text = tag.string or ""
    if tag.name == "style":
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in ("media", "type")}
        return "<" not in text and not _FETCHING.search(text)
    return tag.name == "script" and not tag.attrs and is_own(text)


def _is_harmless(tag: str, name: str, value: str | Sequence[str]) -> bool:
    text = value if isinstance(value, str) else " ".join(value)
    if not (name in _ATTRIBUTES or _FREE.fullmatch(name)) or (name == "name" and tag in _NAMELESS):
        return False
    if name in ("href", "xlink:href"):
        address = re.sub(r"[\0-\x20]", "", text)
        loaded = tag in ("image", "img") and address.startswith("data:image/")
        return loaded or address.startswith("#") or (tag == "a" and bool(_LINK.match(address)))
    return not _FETCHING.search(text)
