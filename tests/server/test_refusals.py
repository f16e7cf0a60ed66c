"""Refusals are fixed, whole, and name nothing."""
import re

import pytest

from krakpy.server.refusals import Refusal


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_is_a_whole_answer_and_the_end(refusal):
    head, _, body = refusal.answer(b"date: now\r\n").partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert re.fullmatch(rb"HTTP/1\.1 %d [A-Z][A-Za-z ]+" % refusal.status, lines[0])
    assert lines[1:] == [
        b"date: now",
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(body),
        b"connection: close",
    ]
    assert b"krakpy" not in head + body


def test_statuses_are_those_that_the_documentation_names():
    assert {refusal.status for refusal in Refusal} == {400, 408, 413, 414, 417, 431, 500, 501, 503, 505}
