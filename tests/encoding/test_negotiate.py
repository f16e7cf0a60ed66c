"""The first range of `Accept` that fits an offer decides the format."""
import pytest
from krakpy_sdk import Headers, Request, Response

from krakpy.encoding.negotiate import NegotiateRenderer

JSON, XML, YAML = "application/json; charset=utf-8", "application/xml", "application/yaml; charset=utf-8"
BODIES = {JSON: b'{"a":1}', XML: b"<a>1</a>", YAML: b'a: "1"\n'}


def rendered(*fields):
    request = Request(headers=Headers(tuple(("Accept", field) for field in fields)))
    return NegotiateRenderer(None).render(request, Response(data={"a": 1}))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", JSON),
        ("application/xml", XML),
        ("text/plain", YAML),
        ("application/x-yaml", YAML),
        ("application/yaml", JSON),
        ("text/html", JSON),
        ("*/*", JSON),
        ("*", JSON),
        ("application/*", JSON),
        ("text/*", YAML),
        ("application/xml;q=0.1, application/json", XML),
        ("text/html, application/xml", XML),
        ("application/x", XML),
        ("text", YAML),
        ("application/xml+rss", JSON),
        ("APPLICATION/XML", JSON),
        (" ;q=1, , application/xml", XML),
        ("", JSON),
    ],
)
def test_the_first_range_that_fits_decides(accept, kind):
    response = rendered(accept)
    assert (response.headers["content-type"], response.body) == (kind, BODIES[kind])


def test_json_is_what_nobody_asked_for():
    assert rendered().headers["content-type"] == JSON


def test_only_the_first_field_counts():
    assert rendered("text/html", "application/xml").headers["content-type"] == JSON
