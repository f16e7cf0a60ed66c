"""The documentation as a reader has it: the blocks of a page, in order."""
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
GENERATED = frozenset({
    "audit.md", "back-wire.md", "commands.md", "configuration.md", "entry-points.md", "errors.md", "limits.md",
    "refusals.md",
    "schema/v0.1/krakend.json",
})
_BLOCK = re.compile(r"^```(\w+)?(?: title=\"([^\"]+)\")?\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One fenced block: its language, the file that its title names, its text."""

    language: str
    title: str
    text: str


def blocks(page: str, language: str = "") -> list[Block]:
    """The blocks of a page (`docs/quickstart.md`), of one language if it is given."""
    text = (ROOT / page).read_text("utf-8")
    found = [Block(match[1] or "", match[2] or "", match[3]) for match in _BLOCK.finditer(text)]
    return [block for block in found if language in ("", block.language)]


def written_pages() -> list[str]:
    """Every page that is written by hand, the READMEs of the examples included."""
    pages = [*ROOT.glob("docs/*.md"), *ROOT.glob("extensions/**/README.md"), ROOT / "README.md"]
    return sorted(str(page.relative_to(ROOT)) for page in pages if page.name not in GENERATED)
