"""What a page may do: run the scripts that this package has written, read what it holds, and nothing else."""

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

_REPORT = Path(__file__).parents[1]
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Explorers and formulas give styles to single elements while they move: no list of hashes holds these.
_POLICY = (
    "default-src 'none'; connect-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
    "media-src data:; font-src data:; base-uri 'none'; form-action 'self' file:"
)


def script(name: str) -> str:
    """One of the scripts of pages, by the name of its file, as it stands in a page."""
    return (_REPORT / name).read_text(encoding="utf-8").rstrip("\n")


@cache
def _of_pages() -> set[str]:
    return {script(str(path.relative_to(_REPORT))) for path in _REPORT.rglob("*.js")}


@cache
def _of_outputs() -> tuple[set[str], list[list[str]]]:
    """Return the scripts that outputs of notebooks have; of an explorer what stands before and behind its state."""
    from softmodes.explore.explorer import DRAWINGS, page_script
    from softmodes.teach import box, prompts

    texts = {text for html in (box.script(), prompts.SCRIPT) for text in _SCRIPT.findall(html)}
    return texts, [page_script(name, "\0").split("\0") for name in DRAWINGS]


def is_own(text: str) -> bool:
    """Whether a script is, letter by letter, one that this package has written; the state of an explorer may be any."""
    if text in _of_pages():
        return True
    texts, drawings = _of_outputs()
    around = (ends for ends in drawings if text.startswith(ends[0]) and text.endswith(ends[1]))
    return text in texts or any(_is_state(text[len(start) : -len(end)]) for start, end in around)


def _is_state(text: str) -> bool:
    # a comment that begins in a script hides where it ends
    try:
        return "<!--" not in text and isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def with_policy(html: str) -> str:
    """Give a page its policy, which stands before its title and names the scripts of this package that it has."""
    own = dict.fromkeys(text for text in _SCRIPT.findall(html) if is_own(text))
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in own)
    policy = _POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in digests) or "'none'")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=False)}"/>'
    return html.replace("<title>", f"{meta}\n<title>", 1)
