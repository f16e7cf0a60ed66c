"""Which values may stand in for a placeholder."""
import pytest
from krakpy_sdk import RejectedError, UpstreamError

from krakpy.backend.placeholders import Placeholder, parsed, rewritten


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("/users", "/users"),
        ("/u/{id}?q={id}&t={JWT.sub}", "/u/{{.Id}}?q={{.Id}}&t={{.JWT.sub}}"),
        ("/r/{resp0_a.b}", "/r/{{.Resp0_a.b}}"),
        ("/{x-y}/{id_user}", "/{{.X-y}}/{{.Id_user}}"),
        ("/{JWT.http://example.com/custom}", "/{{.JWT.http://example.com/custom}}"),
        ("/{}/{a b}/{é}", "/{}/{a b}/{é}"),
    ],
)
def test_messages_show_a_pattern_as_krakend_does(pattern, shown):
    assert rewritten(pattern) == shown


def test_a_pattern_falls_apart_into_texts_and_placeholders():
    texts, placeholders = parsed("/u/{id}.json?x={JWT.sub}")
    assert texts == ["/u/", ".json?x=", ""]
    assert [placeholder.name for placeholder in placeholders] == ["id", "JWT.sub"]


@pytest.mark.parametrize(
    ("name", "params", "value"),
    [
        ("id", {"id": "42"}, "42"),
        ("resp0_id", {"Resp0_id": "42"}, "42"),
        ("id", {"id": "as written", "Id": "capital"}, "as written"),
        ("JWT.sub", {"JWT.sub": "ann"}, "ann"),
        ("id", {"ID": "42"}, "{{.Id}}"),
        ("JWT.nope", {}, "{{.JWT.nope}}"),
    ],
    ids=["as written", "with a capital", "as written first", "claim", "unknown", "unknown claim"],
)
def test_a_value_is_looked_up_under_both_spellings(name, params, value):
    assert Placeholder(name).value(params) == value


NOT_ONE_SEGMENT = ["", ".", "..", "..;x=1", ".;", "a\r\nb", "\x00", "\x7f", "\x85", "\udcff", "a\ud800"]


@pytest.mark.parametrize("name", ["id", "JWT.sub"])
@pytest.mark.parametrize("value", NOT_ONE_SEGMENT, ids=ascii)
def test_a_client_cannot_send_what_is_no_segment(name, value):
    with pytest.raises(RejectedError) as refusal:
        Placeholder(name).value({name: value})
    assert refusal.value.status == 400


@pytest.mark.parametrize("value", ["%2e%2e", "%2E", "%00", "%0d%0a", "%ff"])
def test_nor_by_encoding_it_twice(value):
    with pytest.raises(RejectedError):
        Placeholder("id").value({"id": value})


@pytest.mark.parametrize("value", ["...", "..a", ".hidden", "a..", "a/b", "a;b", "é", " ", "\\", "#?"])
def test_everything_else_is_a_value(value):
    assert Placeholder("id").value({"id": value}) == value


def test_a_parameter_that_was_encoded_twice_is_decoded():
    assert Placeholder("id").value({"id": "a%2Fb"}) == "a/b"


@pytest.mark.parametrize("name", ["JWT.sub", "resp0_id"])
def test_what_comes_from_no_address_is_not_decoded(name):
    assert Placeholder(name).value({name: "50%25 %zz"}) == "50%25 %zz"


@pytest.mark.parametrize("value", ["100%", "%zz", "%2"])
def test_a_broken_escape_is_the_clients_fault(value):
    with pytest.raises(RejectedError, match="no escape") as refusal:
        Placeholder("id").value({"id": value})
    assert refusal.value.status == 400


@pytest.mark.parametrize("value", ["", "a/b", "/", "1,x,map[k:1]", "<nil>"])
def test_an_earlier_answer_may_be_a_path_or_nothing(value):
    assert Placeholder("resp0_id").value({"Resp0_id": value}) == value


@pytest.mark.parametrize("value", ["..", "a/../b", "a/.", "a\nb", "\udcff"], ids=ascii)
def test_an_earlier_answer_cannot_leave_its_path(value):
    with pytest.raises(UpstreamError, match="resp0_id"):
        Placeholder("resp0_id").value({"Resp0_id": value})


@pytest.mark.parametrize(
    ("name", "is_answer"),
    [("resp0_id", True), ("resp12_a.b", True), ("Resp0", True), ("resp", False), ("resp_1", False), ("reply", False)],
)
def test_answers_are_told_by_their_name(name, is_answer):
    assert Placeholder(name).is_answer is is_answer


@pytest.mark.parametrize("value", NOT_ONE_SEGMENT[1:], ids=ascii)
def test_a_refusal_does_not_repeat_the_value(value):
    with pytest.raises(RejectedError) as refusal:
        Placeholder("id").value({"id": value})
    assert value not in str(refusal.value)
