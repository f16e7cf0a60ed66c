"""Expressions see KrakenD's variables with KrakenD's types, and nothing that they do not mention."""
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from krakpy_cel.variables import RequestVariables, ResponseVariables, TokenVariables, claim, plain, written
from krakpy_sdk import Headers, Query, Request, Response

from krakpy.encoding.numbers import Number

MOMENT = datetime(2026, 11, 22, 14, 0, 0, 123456, tzinfo=UTC)
SENT = "ü".encode().decode("latin-1")
REQUEST = Request(
    "PUT",
    "/a/ü",
    params={"id": "4", "user_id": "u", "Resp0_id": "7", "JWT.sub": "ann", "bad": "a\udcff"},
    query=Query.parse("a=1&a=2&b=%C3%BC&c=%FF"),
    headers=Headers([("X-A", "yes"), ("x-a", "no"), ("User-Agent", "krakpy"), ("X-Text", SENT)]),
)


def seen(text, message=REQUEST, kind=RequestVariables):
    return kind([text], clock=lambda: MOMENT)(message)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("req_method == 'GET'", {"req_method": "PUT"}),
        ("req_path == '/'", {"req_path": "/a/ü"}),
        (
            "req_params.Id == '4'",
            {"req_params": {"Id": "4", "User_id": "u", "Resp0_id": "7", "JWT.sub": "ann", "Bad": "a\ufffd"}},
        ),
        ("req_headers['X-A'] == []", {"req_headers": {"X-A": ["yes", "no"]}}),
        ("'X-Absent' in req_headers", {"req_headers": {}}),
        ("'x-a' in req_headers", {"req_headers": {}}),
        ("req_headers['X-Text'] == []", {"req_headers": {"X-Text": ["ü"]}}),
        (
            "size(req_headers) == 1",
            {"req_headers": {"X-A": ["yes", "no"], "User-Agent": ["krakpy"], "X-Text": ["ü"]}},
        ),
        ("req_querystring.a[0] == '1'", {"req_querystring": {"a": ["1", "2"]}}),
        ("size(req_querystring) == 1", {"req_querystring": {"a": ["1", "2"], "b": ["ü"], "c": ["\ufffd"]}}),
        ("timestamp(now) == 1", {"now": "2026-11-22T14:00:00.123Z"}),
        ("resp_completed && JWT.sub == 'x'", {}),
    ],
    ids=str,
)
def test_of_a_request_what_is_mentioned_is_seen(text, variables):
    assert seen(text) == variables


DOCUMENT = Response(
    201,
    headers=Headers({"X-A": "1"}),
    data={"id": 7, "price": Number("1.10"), "list": [1, {"n": 2}], "ok": True, "none": None, "text": "1"},
    is_complete=False,
)
RAW = Response(201, headers=Headers([("x-a", "1"), ("X-A", "2")]), body=b"{}")


@pytest.mark.parametrize(
    ("text", "response", "variables"),
    [
        ("resp_completed", DOCUMENT, {"resp_completed": False}),
        ("resp_metadata_status == 200", DOCUMENT, {"resp_metadata_status": 0}),
        ("resp_metadata_headers == {}", DOCUMENT, {"resp_metadata_headers": {}}),
        ("resp_metadata_status == 200", RAW, {"resp_metadata_status": 201}),
        ("resp_metadata_headers == {}", RAW, {"resp_metadata_headers": {"X-A": ["1", "2"]}}),
        ("resp_data.id == '7' && has(resp_data.absent)", DOCUMENT, {"resp_data": {"id": "7"}}),
        ("resp_data.price == '1.10'", DOCUMENT, {"resp_data": {"price": "1.10"}}),
        ("resp_data.list[0] == '1'", DOCUMENT, {"resp_data": {"list": ["1", {"n": "2"}]}}),
        (
            "size(resp_data) > 0",
            Response(data={"a": 1, "ok": True, "none": None, "text": "1"}),
            {"resp_data": {"a": "1", "ok": True, "none": None, "text": "1"}},
        ),
        ("resp_data.id == '7'", RAW, {"resp_data": {}}),
        ("size(resp_data) > 0", Response(data=None), {"resp_data": {}}),
        ("timestamp(now) == 1", RAW, {"now": "2026-11-22T14:00:00.123Z"}),
        ("req_method == 'GET'", RAW, {}),
    ],
)
def test_of_an_answer_what_is_mentioned_is_seen(text, response, variables):
    assert seen(text, response, ResponseVariables) == variables


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("JWT.level > 2.0", {"JWT": {"level": 3.0}}),
        ("size(JWT) > 1", {"JWT": {"sub": "ann", "level": 3.0, "ok": True, "roles": ["a", 1.0]}}),
        ("has(JWT.absent)", {"JWT": {}}),
        ("timestamp(now) == 1", {"now": "2026-11-22T14:00:00.123Z"}),
    ],
)
def test_of_a_token_what_is_mentioned_is_seen(text, variables):
    claims = {"sub": "ann", "level": 3, "ok": True, "roles": ["a", 1]}
    assert seen(text, claims, TokenVariables) == variables


def test_numbers_of_a_document_are_texts_and_those_of_a_token_are_doubles():
    assert [type(value) for value in (plain(1), plain(Number("1e5")), claim(1), claim(1.5), claim(10**400))] == [
        str, str, float, float, float,
    ]  # fmt: skip


def test_without_a_clock_now_is_now():
    before = datetime.now(UTC) - timedelta(seconds=1)
    told = datetime.fromisoformat(RequestVariables(["now"])(REQUEST)["now"])
    assert before < told <= datetime.now(UTC)


def test_numbers_that_no_double_holds_are_infinite():
    assert [claim(10**400), claim(-(10**400))] == [math.inf, -math.inf]


def test_a_float_without_a_text_of_its_own_stays_one():
    assert plain({"a": (1.5,)}) == {"a": [1.5]}


@pytest.mark.parametrize(
    ("zone", "text"),
    [(UTC, "2026-11-22T14:00:00.123Z"), (timezone(timedelta(hours=1)), "2026-11-22T15:00:00.123+01:00")],
    ids=["UTC", "elsewhere"],
)
def test_now_is_written_as_a_timestamp_with_milliseconds(zone, text):
    assert written(MOMENT.astimezone(zone)) == text
