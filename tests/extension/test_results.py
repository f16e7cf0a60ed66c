"""What a hook returns is of the right type and not too large, wherever it runs."""
import pytest
from krakpy_sdk import ContractError, Patch, Reply
from krakpy_sdk.frames import MAX_FRAME_BYTES

from krakpy.extension.results import check

LARGE = bytes(MAX_FRAME_BYTES + 1)


@pytest.mark.parametrize(
    ("name", "result"),
    [
        pytest.param("endpoint_request", Patch().set_header("X-A", "1").set_body(LARGE[1:]), id="patch"),
        pytest.param("endpoint_request", Reply(200, text="no"), id="reply"),
        pytest.param("endpoint_request", Patch((("set_body", None), (), ("x",))), id="patch that cannot be applied"),
    ],
)
def test_what_the_contract_allows_passes(name, result):
    check(name, result)


@pytest.mark.parametrize(
    ("name", "result", "said"),
    [
        pytest.param("endpoint_request", object(), "it may return Patch, Reply, None", id="another type"),
        pytest.param("endpoint_response", Reply(200), "returned Reply; it may return Patch, None", id="another hook's"),
        pytest.param("endpoint_request", Reply(200, body=LARGE), "a body of 33554433 bytes", id="large reply"),
        pytest.param("endpoint_request", Patch().set_body(LARGE), "a body of 33554433 bytes", id="large patch"),
    ],
)
def test_what_it_does_not_allow_is_a_breach(name, result, said):
    with pytest.raises(ContractError, match=said):
        check(name, result)
