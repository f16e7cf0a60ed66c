"""Markdown as the generated pages need it, and the error for what the code leaves undocumented."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by docs/generate.py from the code: change the code, then run it. -->"


class Undocumented(Exception):
    """A key, code, group or command that has no words of its own."""


def required(text: str | None, what: str) -> str:
    """The text in one line; Undocumented if there is none."""
    words = " ".join((text or "").split())
    if not words:
        raise Undocumented(f"{what} has no description")
    return words


def document(title: str, *parts: str) -> str:
    """A page: title, notice, parts."""
    return "\n\n".join((f"# {title}", NOTICE, *(part.strip("\n") for part in parts))) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or nothing if it has no rows."""
    lines = [_row(cells) for cells in rows]
    return "\n".join((_row(head), _row(["---"] * len(head)), *lines)) if lines else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    """The text as code; nothing for an empty text."""
    return f"`{text}`" if text else ""


def with_anchor(name: str, anchor: str) -> str:
    """Code that can be linked to: `page.md#anchor`."""
    return f'<span id="{anchor}"></span>{code(name)}'


def first_sentence(docstring: str | None, what: str) -> str:
    """The first paragraph of a docstring in one line; Undocumented if there is none."""
    return required((docstring or "").strip().partition("\n\n")[0], what)
