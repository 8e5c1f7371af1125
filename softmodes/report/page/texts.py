"""What the texts of a page get beside links: anchors, contents, chemical formulas, tables that a telephone can show."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape

from bs4 import BeautifulSoup
from bs4.element import Tag

from softmodes.report.page.links import Places, address, link

_ELEMENTS = re.compile(
    "A[glrstu]|B[aeir]?|C[adlorsu]?|F[e]?|G[ae]|H[efg]?|I[nr]?|K[r]?|L[ai]|M[gno]|N[abei]?|O[s]?|P[bdt]?|R[behu]|S[bceinr]?"
    "|T[aeil]|V|W|Xe|Yb?|Z[nr]"
)
_FORMULA = re.compile(r"\b(?:[A-Z][a-z]?\d*){2,}\b")
_APART = ("code", "pre", "script", "style", "svg")
LEDGER = "ledger.html"
"""The page of which tables are the purpose."""
_CARDS, _WIDE, _LONG = 3, 7, 8
"""Columns from which a table is too wide for a telephone, and for a tablet; most rows of one not folded."""
_VERDICTS = {
    **dict.fromkeys(("reproduced", "holds", "made"), "yes"),
    **dict.fromkeys(("within", "in", "model", "approximation"), "near"),
    **dict.fromkeys(("deviates", "misprint"), "no"),
    **dict.fromkeys(("input", "definition", "assumption"), "input"),
}
"""Marks by the first word of a verdict; any other is open."""


@dataclass
class Texts:
    """The texts of one page as they are rendered, in order.

    Attributes
    ----------
    places : dict
        Address of each thing that can be linked to.
    page : str
        Address of this one.
    headings : list of triples
        Level, anchor and HTML of each heading.
    sections : list of lists
        Anchor, title and text of each part, for the search.
    """

    places: Places
    page: str
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    sections: list[list[str]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def furnish(self, tree: BeautifulSoup) -> None:
        """Add to the tree of some Markdown what a reader needs to move in it."""
        self._anchor_headings(tree)
        for formula in tree.select(".tex.display"):
            for number in re.findall(r"\\tag\{(\d+)\}", formula.text):
                # one formula may have several numbers
                place = tree.new_tag("span") if formula.get("id") else formula
                self._anchor(place, f"eq-{number}")
                if place is not formula:
                    formula.insert_before(place)
        for table in tree.find_all("table"):
            self._make_cards(tree, table)
        link(tree, self.places, self.page)
        for cell in tree.select('td[data-label="notebook"]'):
            self._link_place(tree, cell)
        _set_formulas(tree)
        _break_names(tree)

    def _anchor_headings(self, tree: BeautifulSoup) -> None:
        for tag in tree.find_all(["h1", "h2", "h3", "p", "li", "td", "blockquote"]):
            text = " ".join(tag.get_text().split())
            if tag.name[0] == "h":
                # that of nbconvert has signs that an address has not
                tag["id"] = _slug(str(tag.get("id") or text))
                anchor = self._anchor(tag, "part")
                if tag.name != "h1":
                    self.headings.append((int(tag.name[1]), anchor, tag.decode_contents()))
                self.sections.append([anchor, text, ""])
            elif self.sections and not tag.find(["p", "li"]):
                self.sections[-1][2] += " " + text

    def _anchor(self, tag: Tag, name: str) -> str:
        """Give a tag that has no name yet this one, and if another on the page has it, one with a number."""
        name = str(tag.get("id") or name)
        free, number = name, 2
        while free in self.taken:
            free, number = f"{name}-{number}", number + 1
        self.taken.add(free)
        tag["id"] = free
        return free

    def _make_cards(self, tree: BeautifulSoup, table: Tag) -> None:
        """Let each cell say its column, and a verdict be seen as well as read."""
        columns = table.select("thead th")
        heads = [" ".join(th.get_text().split()) for th in columns]
        if len(heads) < _CARDS:
            return
        table["class"] = "cards" if len(heads) < _WIDE else "cards wide"
        for head, column in zip(heads, columns, strict=True):
            column["data-label"] = head
        rows = table.select("tbody tr")
        for row in rows:
            cells = row.find_all("td", recursive=False)
            for head, cell in zip(heads, cells, strict=False):
                cell["data-label"] = head
                if head == "verdict":
                    _mark(tree, cell)
            # a number alone is no title of a card
            if cells and re.match(r"\d", cells[0].get_text()):
                cells[0]["class"] = "number"
            if "verdict" in heads and cells:
                self._anchor(row, row_name(cells[heads[0] == "kind"].get_text()))

        if "verdict" in heads and len(rows) > _LONG and self.page != LEDGER:
            _fold(tree, table)

    def _link_place(self, tree: BeautifulSoup, cell: Tag) -> None:
        """Let a cell such as `3, eq. 8`, `6, A heading` or `3, 7` lead there."""
        text = cell.get_text()
        cell.clear()
        for part in re.split("(, )", text) if re.fullmatch(r"\d+(, \d+)*", text) else [text]:
            number, _, rest = part.partition(", ")
            page = address(self.places, f"notebook-{number}", self.page)
            equation = re.fullmatch(r"eq\. (\d+)", rest)
            anchor = f"eq-{equation[1]}" if equation else _slug(rest)
            cell.append(tree.new_tag("a", href=f"{page}#{anchor}".rstrip("#"), string=part) if page else part)

    def contents(self) -> str:
        """Return the contents of the page; nothing where there is little to choose from."""
        if len(self.headings) < 2:
            return ""
        entries = "".join(
            f'<li class="level-{level}"><a href="#{escape(anchor)}">{re.sub("</?a[^>]*>", "", title)}</a></li>'
            for level, anchor, title in self.headings
        )
        listed = f"<details open><summary>On this page</summary><ol>{entries}</ol></details>"
        return f'<nav class="contents" aria-label="On this page">{listed}</nav>'


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def row_name(*texts: str) -> str:
    """Return the anchor of the row of verdicts that begins with some texts, written with or without its marks."""
    return "row-" + _slug(re.sub(r"[_^]", "", ", ".join(texts)))


def verdict_kind(text: str) -> str:
    """Return the mark that a verdict gets: yes, near, no, input or open."""
    return _VERDICTS.get((text.split() or [""])[0].strip(",:;"), "open")


def _mark(tree: BeautifulSoup, cell: Tag) -> None:
    mark = tree.new_tag("span", attrs={"class": f"verdict {verdict_kind(cell.get_text())}"})
    mark.extend(list(cell.contents))
    cell.append(mark)


def _fold(tree: BeautifulSoup, table: Tag) -> None:
    """Put a long table behind what its verdicts are, in their order; not if they have to be read one by one."""
    marks = table.select(".verdict")
    told = Counter((tuple(mark["class"]), mark.get_text()) for mark in marks)
    if len(told) > _LONG:
        return
    spans = "".join(f'<span class="{" ".join(kind)}">{number} {said}</span>' for (kind, said), number in told.items())
    scroll = table.find_parent(class_="scroll") or table
    scroll.wrap(tree.new_tag("details", attrs={"class": "rows"}))
    scroll.insert_before(BeautifulSoup(f"<summary>{len(marks)} rows: {spans}</summary>", "html.parser"))


def _set_formulas(tree: BeautifulSoup) -> None:
    """Chemical formulas with their numbers below the line."""
    for text in tree.find_all(string=_FORMULA):
        if text.find_parent(_APART) or text.find_parent(class_="tex"):
            continue
        html = _FORMULA.sub(_formula, escape(text, quote=False))
        text.replace_with(BeautifulSoup(html, "html.parser"))


def _formula(found: re.Match[str]) -> str:
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", found[0])
    if not any(number for _, number in parts) or not all(_ELEMENTS.fullmatch(element) for element, _ in parts):
        return found[0]
    return "".join(f"{element}<sub>{number}</sub>" if number else element for element, number in parts)


def _break_names(tree: BeautifulSoup) -> None:
    """In a narrow column names of code end a line behind a point, a colon or an underscore."""
    for text in tree.select("td code"):
        for name in text.find_all(string=re.compile(r"[._:]\w")):
            parts = re.split(r"(?<=[._:])(?=[^\W_])", name)
            name.replace_with(*(new for part in parts for new in (part, tree.new_tag("wbr"))))
