"""What a hook may return: of the right type, and no larger than what could come from another process.

    check("endpoint_request", result)       # ContractError
"""
from __future__ import annotations

from krakpy_sdk import ContractError, Patch, Reply
from krakpy_sdk.calling import RETURNS, breach
from krakpy_sdk.frames import MAX_FRAME_BYTES


def check(name: str, result: object) -> None:
    """ContractError for a result that the contract does not allow."""
    if type(result) is Patch:
        size = sum(len(change[1]) for change in result.changes if change[0] == "set_body")
    else:
        size = len(result.body) if type(result) is Reply else 0
    if not isinstance(result, RETURNS[name]):
        raise breach(name, RETURNS[name], result)
    if size > MAX_FRAME_BYTES:
        raise ContractError(f"{name} returned a body of {size} bytes, more than the {MAX_FRAME_BYTES} that it may have")
