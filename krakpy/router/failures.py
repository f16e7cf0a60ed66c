"""What a client sees of an error, and what the log says of it."""
from __future__ import annotations

import logging
import re
from types import TracebackType

from krakpy_sdk import Headers, Response

from krakpy.errors import (
    BadStatus,
    ExtensionError,
    KrakpyError,
    MergeError,
    RejectedError,
    Replied,
    problem_response,
)
from krakpy.logs import event
from krakpy.router.sniffing import content_type

LOG = logging.getLogger("krakpy.router")

_TEXT = "text/plain; charset=utf-8"


def response_to(error: Exception, *, shows_message: bool = False) -> Response:
    """The answer to a request that failed: the error's status, or 500, and no body unless it is to be shown.

    An extension's failure is a problem document that names no internals (RFC 9457). A backend's status that is passed
    on has the backend's body in place of a message (KrakenD: `return_error_code`).
    """
    if isinstance(error, ExtensionError):
        return problem_response(error.problem, error.status)
    if isinstance(error, Replied):
        return error.response
    if not isinstance(error, KrakpyError):
        return Response(500, body=b"")
    # NOTE: RejectedError has headers; so may an error of an extension's own
    fields = dict(getattr(error, "headers", {}))
    kind = fields.pop("Content-Type", "") or _type_of(error)
    if shows_message and kind:
        fields["Content-Type"] = kind
    return Response(error.status, headers=Headers(fields), body=_shown(error) if shows_message else b"")


def _shown(error: Exception) -> bytes:
    """What a client may read of an error: the body of a backend whose status is passed on, else the words.

    SECURITY: of an extension's failure in a merge the code alone.
    """
    if isinstance(error, MergeError):
        return b"\n".join(map(_shown, error.errors))
    if isinstance(error, BadStatus) and error.is_passed:
        return error.body
    text = error.problem.code.id if isinstance(error, ExtensionError) else str(error)
    return text.encode("utf-8", "surrogateescape")


def _type_of(error: KrakpyError) -> str:
    if not (isinstance(error, BadStatus) and error.is_passed):
        return _TEXT
    return error.content_type or (content_type(error.body).decode() if error.body else "")


def report(error: Exception, endpoint: str) -> None:
    """Log a failed request, once: WARNING for backends, INFO for what the client did, ERROR for defects."""
    if isinstance(error, ExtensionError | Replied):
        return  # the guard has logged it; a reply is no failure
    cause = type(error).__name__
    if isinstance(error, KrakpyError):
        level = logging.INFO if isinstance(error, RejectedError) else logging.WARNING
        event(LOG, level, "request failed", endpoint=endpoint, cause=cause, status=error.status, error=_text(error))
        return
    # SECURITY: what a defect says of itself may hold anything, the request's secrets too; its place is enough
    debugging = error if LOG.isEnabledFor(logging.DEBUG) else None
    event(
        LOG, logging.ERROR, "request failed", exc_info=debugging, endpoint=endpoint, cause=cause, status=500,
        at=_place(error.__traceback__),
    )


def report_broken(error: BaseException, endpoint: str) -> None:
    """Log an answer that broke off when a part of it was sent."""
    text = _text(error) if isinstance(error, KrakpyError) else _place(error.__traceback__)
    event(LOG, logging.WARNING, "answer broken off", endpoint=endpoint, cause=type(error).__name__, error=text)


def _text(error: KrakpyError) -> str | list[str]:
    if isinstance(error, MergeError):
        return [_without_query(member) for member in error.errors]
    return _without_query(error)


def _without_query(error: Exception) -> str:
    # SECURITY: what clients send in a query may be secret
    return re.sub(r"\?[^\s\]\"]+", "?…", str(error))


def _place(traceback: TracebackType | None) -> str:
    """`module:line` of the innermost frame."""
    place = ""
    while traceback is not None:
        place = f"{traceback.tb_frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
