"""gunicorn's own corpus: nothing that it refuses is accepted, and what it accepts is too, but for a written list."""
import tomllib

import pytest

from krakpy.server.limits import Limits
from tests.server.corpus.borrowed import FOLDER, borrowed
from tests.server.corpus.verdicts import verdict

CORPUS = borrowed()
INVALID = [pytest.param(request, id=request.id) for request in CORPUS if not request.is_valid]
VALID = [pytest.param(request, id=request.id) for request in CORPUS if request.is_valid]
#: refused as they are, for the lack of a `Host`; what else gunicorn has against them is no reason here
LAXER = {
    "invalid-003c": "a method may begin with a hyphen: the router answers it 405",
    "invalid-019": "forwarding headers are not believed, so they cannot contradict one another",
}
STRICTER = tomllib.loads((FOLDER / "stricter.toml").read_text("utf-8"))

#: gunicorn's own limits, which some of its requests are made for; a field counts with its CRLF there
GUNICORNS = {"max_line_bytes": 4094, "max_url": 1 << 16, "max_header_line": 8188, "max_headers": 100}
NAMES = {
    "limit_request_line": "max_line_bytes",
    "limit_request_field_size": "max_header_line",
    "limit_request_fields": "max_headers",
}


def limits_of(request) -> Limits:
    """gunicorn's limits as krakpy's, with those that the request is made for (a size of 0 is the default there)."""
    wanted = {NAMES[name]: value for name, value in request.settings.items() if name in NAMES and value}
    if "max_header_line" in wanted:
        wanted["max_header_line"] -= 2
    return Limits(max_body=1 << 20, **{**GUNICORNS, **wanted})


@pytest.mark.parametrize("request_", INVALID)
@pytest.mark.parametrize("hosted", [False, True], ids=["as it is", "with a Host"])
async def test_what_gunicorn_refuses_is_never_accepted(request_, hosted):
    found = await verdict([request_.with_host if hosted else request_.sent], limits=limits_of(request_))
    if hosted and request_.id in LAXER:
        assert found.is_accepted
        return
    assert not found.is_accepted
    assert found.statuses[0] in {400, 408, 413, 414, 417, 431, 501, 505}
    assert len(found.statuses) == 1


@pytest.mark.parametrize("request_", VALID)
async def test_what_gunicorn_accepts_is_accepted_but_for_a_written_list(request_):
    found = await verdict([request_.with_host], limits=limits_of(request_))
    if request_.id in STRICTER:
        assert found.statuses[-1] == STRICTER[request_.id]["answer"]
    else:
        assert found.is_accepted
        assert set(found.statuses) == {200}


def test_the_corpus_is_whole():
    independent = [request for request in CORPUS if not (request.is_valid or request.settings)]
    assert (len(INVALID), len(independent), len(VALID)) == (81, 70, 62)
    assert set(STRICTER) <= {request.id for request in CORPUS if request.is_valid}
    assert all(entry["why"] for entry in STRICTER.values())
