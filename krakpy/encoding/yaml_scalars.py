"""Texts as YAML scalars: which stand as they are, which are quoted, and which become blocks of lines.

    scalar("ok")             # 'ok'
    scalar("yes")            # '"yes"'
    block("one\\ntwo")        # ('|-', 'one', 'two')

The rules are those of KrakenD's YAML library, which quotes what older readers would take for a boolean, a number or a
time; in addition, whatever a reader might not take for this text is quoted.
"""
from __future__ import annotations

import re
from datetime import date

_WORDS = frozenset((
    "null", "Null", "NULL", "~", "true", "True", "TRUE", "false", "False", "FALSE", "y", "Y", "yes", "Yes", "YES",
    "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
))
#: begins with a letter, and has nothing that means anything in YAML
_PLAIN = re.compile("[A-Za-z](?:[A-Za-z0-9_./@+=() ]*[A-Za-z0-9_./@+=()])?")
#: what follows a number's sign, without the underscores that it may have
_NUMBER = re.compile(
    r"0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|0[0-7]*|[1-9][0-9]*|(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
)
_HOUR = "(?:[01]?[0-9]|2[0-3])"
_CLOCK = f"{_HOUR}:[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?"
_ZONE = "(?:Z|[+-](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60))"
_TIME = re.compile(f"{_HOUR}:[0-5]?[0-9]|([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:[Tt]{_CLOCK}{_ZONE}| {_CLOCK})?")
_SPECIAL = re.compile(r"""\A[*&\[{}\],!|>%'"@ `]|\A-\Z|[: ]\Z|[#\\]|[:-] """)
#: what KrakenD leaves as it is, although not every reader takes it for this text
_UNSOUND = re.compile(
    "\\A[?](?: |\\Z)|\\A(?:<<|=)\\Z|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
#: lines whose first letter tells how far they are indented
_BLOCK = re.compile("\n*(?![\n ])[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")
_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}


def scalar(text: str) -> str:
    """The text on one line: as it is, or in double quotes if it could be taken for anything else."""
    # PERF: 0.4 µs for a word, where the rules one by one take 3
    if _PLAIN.fullmatch(text):
        return text if text not in _WORDS else f'"{text}"'
    return quoted(text) if _is_special(text) or _UNSOUND.search(text) else text


def block(text: str) -> tuple[str, ...]:
    """The header and the lines of a literal block; nothing if the text is one line or has to be quoted."""
    if "\n" not in text or _SPECIAL.search(text) or not _BLOCK.fullmatch(text):
        return ()
    lines = text.split("\n")
    if not text.endswith("\n"):
        return ("|-", *lines)
    return ("|+" if text.endswith("\n\n") else "|", *lines[:-1])


def quoted(text: str) -> str:
    """The text in double quotes, escaped as Go does."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _is_special(text: str) -> bool:
    if not text or text in _WORDS or _SPECIAL.search(text):
        return True
    return text[0] in "+-.0123456789" and (_is_number(text) or _is_time(text))


def _is_number(text: str) -> bool:
    unsigned = text.removeprefix("+").removeprefix("-")
    return bool(_NUMBER.fullmatch(unsigned.replace("_", "")))


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    return found is not None and (not found[1] or _is_date(found[1]))


def _is_date(text: str) -> bool:
    try:
        # NOTE: Go has a year 0000, which is a leap year
        date.fromisoformat(text.replace("0000", "2000", 1) if text.startswith("0000") else text)
    except ValueError:
        return False
    return True


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
