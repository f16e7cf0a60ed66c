"""Texts as YAML scalars: which stand as they are, which are quoted, and which become blocks of lines.

    scalar("ok")         # 'ok'
    scalar("yes")        # '"yes"'
    block("one\ntwo")    # ('|-', 'one', 'two')

The rules are those of KrakenD's YAML library, which quotes what YAML 1.1 would take for a boolean, a number or a time;
in addition, whatever would not be read back as one text is quoted.
"""
from __future__ import annotations

import re
from datetime import date

_WORDS = frozenset(
    "null Null NULL ~ true True TRUE false False FALSE y Y yes Yes YES n N no No NO on On ON off Off OFF".split()
)
#: what follows the sign of a number; underscores may stand anywhere but first
_NUMBER = re.compile(
    r"0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|0[0-7]*|[1-9][0-9]*|(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
)
_SIGN = re.compile(r"\+?-?")
_TIME = re.compile(
    r"(?:(\d{4}-\d\d-\d\d)(?:[Tt](?=.*[Z0-9]$)|(?= )|$))?"
    r"(?: ?(\d{1,2}):(\d{1,2})(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
)
_SPECIAL = re.compile(r"""[*&\[{}\],!|>%'"@ `]|-$|.*(?:[: ]$|[#\\]|[:-][ ])""", re.DOTALL)
#: what KrakenD leaves as it is although no reader takes it for this text
_UNSOUND = re.compile(
    "[?](?: |$)|\t|<<$|=$|.*(?:\t$|:\t|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff])", re.DOTALL
)
_UNPRINTABLE = re.compile(r'[\\"]|[^ -~]')
_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}
