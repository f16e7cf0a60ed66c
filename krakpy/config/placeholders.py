"""The placeholders of a `url_pattern`: `{id}` of the path, `{resp0_id}` of earlier answers, `{JWT.sub}` of tokens."""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from krakpy.codes import Code

_PLACEHOLDER = re.compile(r"\{([\w\-.:/]+)\}", re.ASCII)
# NOTE: as KrakenD has it, `resp0_JWT.sub` and the empty text included
_FREE = re.compile(r"(resp[0-9]+_.+)?(JWT\.([\w\-.:/]+))?", re.ASCII)
_ANSWER = re.compile(r"resp([0-9]+)(_.+)?")
_DYNAMIC = ("input_headers.", "input_query_strings.")


class Available(NamedTuple):
    """Where the placeholders of one backend may take their values from."""

    endpoint: str
    parameters: Sequence[str]
    number: int
    is_sequential: bool
    has_token: bool


class Complaint(NamedTuple):
    """What is wrong with one placeholder."""

    code: Code
    message: str
    remedy: str


def find(url_pattern: str) -> list[str]:
    """The names of the placeholders, each once, sorted."""
    return sorted(set(_PLACEHOLDER.findall(url_pattern)))


def complaints(url_pattern: str, available: Available) -> list[Complaint]:
    """What is wrong with the placeholders of a `url_pattern`."""
    found = (_complaint(name, available) for name in find(url_pattern))
    return [complaint for complaint in found if complaint]


def _complaint(name: str, available: Available) -> Complaint | None:
    if name in available.parameters:
        return None
    if name.startswith(_DYNAMIC):
        return Complaint(Code.ENTERPRISE, f"`{{{name}}}`: dynamic routing is a feature of KrakenD Enterprise", "")
    answer = _ANSWER.fullmatch(name)
    if answer:
        return _answer(name, answer, available)
    if not _FREE.fullmatch(name):
        remedy = f"Declare `{{{name}}}` in the endpoint's path."
        return Complaint(Code.BAD_PARAMETER, f"`{{{name}}}` is no parameter of `{available.endpoint}`", remedy)
    if name.startswith("JWT.") and not available.has_token:
        message = f"`{{{name}}}` takes a claim of a token, and the endpoint looks at none"
        return Complaint(Code.BAD_PARAMETER, message, "Add `auth/validator` to the endpoint.")
    return None


def _answer(name: str, answer: re.Match[str], available: Available) -> Complaint | None:
    if not answer[2]:
        message = f"`{{{name}}}` names no field of an answer"
        return Complaint(Code.BAD_PARAMETER, message, f"Write `{{{name}_field}}`.")
    if not available.is_sequential:
        message = f"`{{{name}}}` takes a value of another backend's answer, and all are asked at once"
        return Complaint(Code.BAD_PARAMETER, message, 'Set `"sequential": true` in the `proxy` of the endpoint.')
    if int(answer[1]) >= available.number:
        message = f"`{{{name}}}` takes a value of an answer that is not there yet"
        return Complaint(Code.BAD_PARAMETER, message, "Use the answers of earlier backends alone.")
    return None
