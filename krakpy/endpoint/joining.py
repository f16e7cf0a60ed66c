"""One answer of several: the documents joined, and what their errors mean for the request."""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from krakpy_sdk import KrakpyError, RejectedError, Response

from krakpy.errors import Replied


def union(responses: Sequence[Response], *, is_complete: bool) -> Response:
    """One response of all; an only one keeps its header fields (KrakenD: the combiner drops them)."""
    if len(responses) == 1:
        return responses[0].replace(data=_part(responses[0]), body=None, stream=None, is_complete=False)
    document: dict[str, Any] = {}
    for response in responses:
        part = _part(response)
        is_complete = is_complete and response.is_complete and part is not None
        document.update(part or {})
    return Response(data=document, is_complete=is_complete)


def _part(response: Response) -> dict[str, Any] | None:
    """What a response adds: a raw one (`no-op`) adds nothing and lacks nothing, null is a lack (KrakenD: the same)."""
    if response.data is None and (response.body is not None or response.stream is not None):
        return {}
    return response.data


def without_query(error: Exception) -> str:
    # SECURITY: what clients send in a query may be secret
    return re.sub(r"\?[^\s\]]+", "?…", str(error))


def ends_request(error: BaseException | None) -> bool:
    """Whether an error is more than the failure of one backend: the client's doing, a hook's answer, or a defect."""
    return error is not None and (isinstance(error, RejectedError | Replied) or not isinstance(error, KrakpyError))
