"""The whole error tree: what it means, what a client sees, and who can mend it.

Those that middlewares raise or catch are defined in `krakpy_sdk.errors` and listed here.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Literal

import msgspec
from krakpy_sdk.errors import (
    BadStatus,
    ConfigError,
    KrakpyError,
    MergeError,
    Refused,
    RejectedError,
    Timeout,
    Undecodable,
    UpstreamError,
)
from krakpy_sdk.messages import Headers, Response

from krakpy.codes import Code

__all__ = [
    "BadStatus",
    "ConfigError",
    "ConfigurationError",
    "ExtensionError",
    "KrakpyError",
    "MergeError",
    "Problem",
    "Refused",
    "RejectedError",
    "Replied",
    "Timeout",
    "Undecodable",
    "UpstreamError",
    "problem_response",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that an operator has to know: what, where, and which step mends it.

    `place` is a path into the configuration (`endpoints[3].backend[0].timeout`) or the id of an extension.
    """

    code: Code
    place: str
    message: str
    remedy: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        text = f"{self.code.id} {self.place}: {self.message}" if self.place else f"{self.code.id} {self.message}"
        return f"{text}  →  {self.advice}"

    @property
    def advice(self) -> str:
        """The step that mends it: the specific one if there is one, else the code's."""
        return self.remedy or self.code.remedy

    def as_dict(self) -> dict[str, str]:
        """The stable JSON form: `code place message remedy severity`."""
        return {**asdict(self), "code": self.code.id, "remedy": self.advice}


def problem_response(problem: Problem | None, status: int) -> Response:
    """What a client sees of a problem: a document with the status and the code, and no internals (RFC 9457)."""
    document: dict[str, object] = {"type": "about:blank", "title": _phrase(status), "status": status}
    if problem is not None:
        document["code"] = problem.code.id
    headers = Headers((("Content-Type", "application/problem+json"),))
    return Response(status, headers=headers, body=msgspec.json.encode(document))


#: phrases of RFC 9110 that Python has in its own way, depending on its version
_PHRASES = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}


def _phrase(status: int) -> str:
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:  # NOTE: an extension may refuse with a status that has no name
        return "Refused"


class ConfigurationError(KrakpyError):
    """The configuration cannot be served: fix the file. Holds every problem that was found, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ExtensionError(KrakpyError):
    """An extension failed: fix the install.

    `status` is what the client sees: 500 it raised, 502 it broke the contract, 503 it is not there, 504 it was late.
    """

    def __init__(self, problem: Problem, *, instance: str, status: int = 503) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.instance = instance
        self.status = status


class Replied(KrakpyError):
    """A hook of a backend answered instead of it, with what is no document: the client gets `response` as it is."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"a hook replied {response.status}")
        self.response = response
        self.status = response.status
