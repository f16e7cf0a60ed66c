"""Cuts a template into tokens: texts, and what stands between `{{` and `}}`.

    tokens("Hello, {{ .name }}!", "greeting.tmpl")
"""
from __future__ import annotations

import re
from typing import NamedTuple

from krakpy_templates.errors import located

SPACES = " \t\r\n"

_INSIDE = re.compile(
    r"""
    (?P<close>[ \t\r\n]-\}\}[ \t\r\n]*|\}\})
  | (?P<space>[ \t\r\n]+?(?=[ \t\r\n]-\}\})|[ \t\r\n]+)
  | (?P<declare>:=)
  | (?P<assign>=)
  | (?P<pipe>\|)
  | (?P<string>"(?:\\[^\n]|[^"\\\n])*"|`[^`]*`)
  | (?P<char>'(?:\\[^\n]|[^'\\\n])*')
  | (?P<number>[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*
        |(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]*)?)i?)
  | (?P<variable>\$\w*)
  | (?P<field>\.\w+)
  | (?P<dot>\.)
  | (?P<word>\w+)
  | (?P<open>\()
  | (?P<shut>\))
  | (?P<other>[!-~])
    """,
    re.VERBOSE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMMENT_END = re.compile(r"[ \t\r\n]-\}\}[ \t\r\n]*|\}\}")
_TERMINATORS = frozenset(" \t\r\n.,|:)(")
_NEEDS_TERMINATOR = frozenset({"word", "field", "variable"})
KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"})


class Token(NamedTuple):
    """One token: what it is, as it is written, and where it begins."""

    kind: str
    text: str
    position: int


def tokens(source: str, file: str) -> list[Token]:
    """The tokens of a template, with an `end` at the end. Raises TemplateError."""
    found: list[Token] = []
    position = 0
    while (start := source.find("{{", position)) >= 0:
        is_trimmed = _is_trimmed(source, start)
        text = source[position:start].rstrip(SPACES) if is_trimmed else source[position:start]
        if text:
            found.append(Token("text", text, position))
        inside = start + 2 + is_trimmed
        commented = inside + 1 if is_trimmed and source.startswith("/*", inside + 1) else inside
        if source.startswith("/*", commented):
            position = _after_comment(source, commented, file)
            continue
        found.append(Token("left", "{{", start))
        position = _action(source, start, inside, file, found)
    if source[position:]:
        found.append(Token("text", source[position:], position))
    found.append(Token("eof", "EOF", len(source)))
    return found


def _is_trimmed(source: str, start: int) -> bool:
    return source[start + 2 : start + 3] == "-" and source[start + 3 : start + 4] in tuple(SPACES)


def _after_comment(source: str, start: int, file: str) -> int:
    comment = _COMMENT.match(source, start)
    if comment is None:
        raise located("unclosed comment", file, source, start)
    end = _COMMENT_END.match(source, comment.end())
    if end is None:
        raise located("comment ends before closing delimiter", file, source, comment.end())
    return end.end()


def _action(source: str, start: int, position: int, file: str, found: list[Token]) -> int:
    """Adds the tokens of one action, and tells where the text after it begins."""
    depth = 0
    while match := _INSIDE.match(source, position):
        kind, text = str(match.lastgroup), match[0]
        depth += (kind == "open") - (kind == "shut")
        if depth < 0:
            raise located("unexpected right paren", file, source, position)
        if kind == "close" and depth:
            raise located("unclosed left paren", file, source, position)
        _check_neighbour(source, match, kind, file)
        found.append(Token(_refined(kind, text), text, position))
        position = match.end()
        if kind == "close":
            return position
    raise _unreadable(source, start, position, file)


def _check_neighbour(source: str, match: re.Match[str], kind: str, file: str) -> None:
    following = source[match.end() : match.end() + 1]
    if kind == "number" and (following.isalnum() or following == "_"):
        raise located(f"bad number syntax: {match[0] + following!r}", file, source, match.start())
    ends = not following or following in _TERMINATORS or source.startswith("}}", match.end())
    if kind in _NEEDS_TERMINATOR and not ends:
        raise located(f"bad character {following!r}", file, source, match.end())


def _refined(kind: str, text: str) -> str:
    if kind != "word":
        return kind
    if text in ("true", "false"):
        return "bool"
    return text if text in KEYWORDS else "word"


def _unreadable(source: str, start: int, position: int, file: str) -> Exception:
    character = source[position : position + 1]
    words = {
        "": "unclosed action",
        '"': "unterminated quoted string",
        "`": "unterminated raw quoted string",
        "'": "unterminated character constant",
        ":": "expected :=",
    }
    place = start if not character else position
    return located(words.get(character, f"unrecognized character in action: {character!r}"), file, source, place)
