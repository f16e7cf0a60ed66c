"""What a hook may return: of the right type, and no larger than what could come from another process.

    check("endpoint_request", result)       # ContractError
"""
from __future__ import annotations

from krakpy_sdk import ContractError, Patch, Reply
from krakpy_sdk.calling import RETURNS, breach
from krakpy_sdk.frames import MAX_FRAME_BYTES


def check(name: str, result: object) -> None:
    """ContractError for a result that the contract does not allow."""
    if not isinstance(result, RETURNS[name]):
        raise breach(name, RETURNS[name], result)
    size = _size(result)
    if size > MAX_FRAME_BYTES:
        raise ContractError(f"{name} returned a body of {size} bytes, more than the {MAX_FRAME_BYTES} that it may have")


def _size(result: object) -> int:
    if isinstance(result, Reply):
        return len(result.body)
    # NOTE: a patch holds whatever its author put into it; who applies it finds out
    changes = result.changes if isinstance(result, Patch) else ()
    bodies = (change[1] for change in changes if len(change) == 2 and change[0] == "set_body")
    return sum(len(body) for body in bodies if isinstance(body, bytes))
