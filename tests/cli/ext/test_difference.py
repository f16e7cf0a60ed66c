"""Two exchanges become one text in which every change is marked."""
from krakpy.cli.ext.difference import changed

FIELDS = [["X-A", "1"], ["Content-Length", "3"]]
ASKED = {"method": "GET", "url": "http://upstream.test/a", "headers": FIELDS, "body": ""}
ANSWER = {"status": 200, "headers": [], "body": '{"b": 1, "a": 2}'}


def lines(before, after):
    return list(changed(before, after))


def exchange(*requests, **answer):
    return {"backend": list(requests), "client": {**ANSWER, **answer}}


def test_what_is_the_same_is_not_marked():
    assert lines(exchange(ASKED), exchange(ASKED)) == [
        "  to the backend", "    GET http://upstream.test/a", "    X-A: 1",
        "  to the client", "    200", "    {", '      "a": 2,', '      "b": 1', "    }",
    ]  # fmt: skip


def test_a_field_that_changed_is_gone_and_new():
    after = {**ASKED, "headers": [["X-A", "2"]]}
    assert lines(exchange(ASKED), exchange(after))[2:4] == ["-   X-A: 1", "+   X-A: 2"]


def test_a_backend_that_is_not_asked_is_told():
    assert lines(exchange(ASKED), exchange())[1:4] == [
        "-   GET http://upstream.test/a", "-   X-A: 1", "+   (nothing: the backend is not asked)",
    ]  # fmt: skip


def test_a_backend_that_is_asked_twice_is_shown_twice():
    assert [line for line in lines(exchange(ASKED), exchange(ASKED, ASKED)) if line[0] == "+"] == [
        "+   GET http://upstream.test/a", "+   X-A: 1",
    ]  # fmt: skip


def test_a_body_that_is_no_json_is_shown_by_its_lines():
    assert lines(exchange(body="a\nb"), exchange(body="a\nc", status=418))[2:] == [
        "  to the client", "-   200", "+   418", "    a", "-   b", "+   c",
    ]  # fmt: skip
