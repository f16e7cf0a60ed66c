"""An error becomes an answer that says no more than it may, and one line in the log."""
import logging

import pytest
from krakpy_sdk import BadStatus, Headers, MergeError, RejectedError, Response, Timeout

from krakpy.codes import Code
from krakpy.errors import ExtensionError, KrakpyError, Problem, Replied
from krakpy.router.failures import problem_response, report, report_broken, response_to

PROBLEM = Problem(Code.CALL_RAISED, "endpoints[0]", "acme-geo 1.0 (geo) raised: KeyError: 'secret', at /srv/geo.py:3")


class Teapot(KrakpyError):
    status = 418
    headers = {"Content-Type": "text/html", "X-Pot": "1"}


@pytest.mark.parametrize(
    ("error", "status"),
    [(Timeout("late"), 500), (BadStatus("bad", backend_status=404), 500), (RejectedError("no"), 400),
     (RejectedError("no", status=429), 429), (Teapot("short"), 418), (KeyError("x"), 500)],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_an_error_has_its_status_and_no_body(error, status):
    response = response_to(error)
    assert (response.status, response.body) == (status, b"")
    assert "Content-Type" not in response.headers


def test_the_message_is_shown_where_it_is_asked_for():
    response = response_to(Timeout("context deadline exceeded"), shows_message=True)
    assert response.body == b"context deadline exceeded"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def passed(body=b"<p>gone</p>", content_type="text/html"):
    return BadStatus("404 [GET /x]", backend_status=404, body=body, content_type=content_type, is_passed=True)


def test_a_status_that_is_passed_on_has_the_body_and_type_of_the_backend_where_messages_are_shown():
    response = response_to(passed(), shows_message=True)
    assert (response.status, response.body, response.headers) == (404, b"<p>gone</p>", {"Content-Type": "text/html"})


def test_a_status_that_is_passed_on_has_no_body_elsewhere():
    response = response_to(passed())
    assert (response.status, response.body, response.headers) == (404, b"", {})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a":1}', {"Content-Type": "text/plain; charset=utf-8"}),
        (b"GIF89a", {"Content-Type": "image/gif"}),
        (b"", {}),
    ],
    ids=["text", "image", "nothing"],
)
def test_a_body_that_is_passed_on_without_a_type_is_looked_at(body, kind):
    response = response_to(passed(body, ""), shows_message=True)
    assert (response.status, response.body, response.headers) == (404, body, kind)


def test_bodies_that_would_be_passed_on_stand_among_the_messages_of_a_merge():
    response = response_to(MergeError((Timeout("late"), passed())), shows_message=True)
    assert (response.status, response.body) == (500, b"late\n<p>gone</p>")
    assert response.headers == {"Content-Type": "text/plain; charset=utf-8"}


def test_an_extensions_failure_in_a_merge_shows_its_code_alone():
    response = response_to(MergeError((Timeout("late"), ExtensionError(PROBLEM, instance="geo"))), shows_message=True)
    assert response.body == b"late\nKX050"


def test_a_body_that_is_passed_on_is_not_logged(caplog, clean_loggers):
    report(passed(), "GET /a")
    fields = caplog.records[0].fields
    assert (fields["status"], fields["error"]) == (404, "404 [GET /x]")


def test_a_defect_is_never_shown():
    assert response_to(KeyError("secret"), shows_message=True).body == b""


def test_an_error_may_have_fields_and_a_type_of_its_own():
    hidden, shown = response_to(Teapot("<b>")), response_to(Teapot("<b>"), shows_message=True)
    assert hidden.headers.pairs == (("X-Pot", "1"),)
    assert shown.headers.pairs == (("X-Pot", "1"), ("Content-Type", "text/html"))


def test_the_fields_of_a_refusal_are_sent():
    refused = RejectedError("slow down", status=429, headers={"Retry-After": "1"})
    assert response_to(refused).headers.pairs == (("Retry-After", "1"),)


def test_bytes_that_are_no_text_are_shown_as_they_are():
    assert response_to(Timeout("a\udcff"), shows_message=True).body == b"a\xff"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_extensions_failure_is_a_problem_that_names_no_internals(status):
    response = response_to(ExtensionError(PROBLEM, instance="geo", status=status))
    document = response.json()
    assert (response.status, document["status"], document["code"]) == (status, status, "KX050")
    assert (document["type"], set(document)) == ("about:blank", {"type", "title", "status", "code"})
    assert "geo" not in str(response.body)
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_title_of_a_problem_is_that_of_its_status():
    assert problem_response(PROBLEM, 503).json()["title"] == "Service Unavailable"


def test_a_reply_is_the_answer():
    reply = Response(403, headers=Headers({"X-A": "1"}), body=b"no")
    assert response_to(Replied(reply)) is reply


@pytest.mark.parametrize(
    ("error", "level"),
    [(Timeout("late"), logging.WARNING), (RejectedError("no"), logging.INFO), (KeyError("x"), logging.ERROR)],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_logged_once_with_endpoint_and_cause(caplog, clean_loggers, error, level):
    caplog.set_level(logging.INFO, "krakpy.router")
    report(error, "GET /a")
    [record] = caplog.records
    assert (record.levelno, record.name, record.fields["endpoint"]) == (level, "krakpy.router", "GET /a")
    assert record.fields["cause"] == type(error).__name__


@pytest.mark.parametrize(
    "error", [ExtensionError(PROBLEM, instance="geo"), Replied(Response(403))], ids=["extension", "reply"]
)
def test_what_the_guard_has_logged_is_not_logged_again(caplog, clean_loggers, error):
    caplog.set_level(logging.DEBUG, "krakpy.router")
    report(error, "GET /a")
    assert caplog.records == []


def test_the_query_of_an_upstreams_address_is_not_logged(caplog, clean_loggers):
    text = "invalid status code 500 [GET /x?key=1]: http://b.test/x?key=secret&a=1"
    report(BadStatus(text, backend_status=500), "GET /a")
    assert caplog.records[0].fields["error"] == "invalid status code 500 [GET /x?…]: http://b.test/x?…"


def test_every_error_of_a_merge_is_logged_in_the_one_line(caplog, clean_loggers):
    report(MergeError((Timeout("late"), BadStatus("bad http://b/?k=1", backend_status=500))), "GET /a")
    assert caplog.records[0].fields["error"] == ["late", "bad http://b/?…"]


def failing():
    raise KeyError("Bearer abc")


def defect():
    try:
        failing()
    except KeyError as error:
        return error


def test_a_defect_is_logged_with_its_place_and_without_its_words(caplog, clean_loggers):
    report(defect(), "GET /a")
    [record] = caplog.records
    assert record.fields["at"].startswith(f"{__name__}:")
    assert "Bearer" not in str(record.fields) + record.getMessage()
    assert record.exc_info is None


def test_a_defect_has_its_traceback_in_the_log_for_developers(caplog, clean_loggers):
    caplog.set_level(logging.DEBUG, "krakpy.router")
    error = defect()
    report(error, "GET /a")
    assert caplog.records[0].exc_info[1] is error


@pytest.mark.parametrize(
    ("error", "text"),
    [(Timeout("late http://b/?k=1"), "late http://b/?…"), (defect(), f"{__name__}:")],
    ids=["ours", "defect"],
)
def test_an_answer_that_breaks_off_is_logged(caplog, clean_loggers, error, text):
    report_broken(error, "GET /a")
    [record] = caplog.records
    fields = record.fields
    assert (record.levelno, fields["endpoint"], fields["cause"]) == (logging.WARNING, "GET /a", type(error).__name__)
    assert fields["error"].startswith(text)
