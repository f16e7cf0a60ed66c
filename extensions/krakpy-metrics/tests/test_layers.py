"""Each layer counts what passes it, and changes nothing."""
import pytest
from krakpy_metrics import BackendFigures, EndpointFigures, Figures, MetricsConfig, RouterFigures
from krakpy_metrics.book import read
from krakpy_metrics.books import book_of
from krakpy_sdk import Request, Response, UpstreamError
from krakpy_sdk.testing import answers, backend_settings, endpoint_settings, server_settings


@pytest.fixture
def folder(tmp_path):
    yield str(tmp_path)
    book_of(str(tmp_path)).close()


async def test_answers_are_counted_by_endpoint_and_status(folder):
    settings = endpoint_settings(endpoint="/a", config=MetricsConfig(), shared_folder=folder)
    counted = RouterFigures(settings, answers(Response(200, body=b"four"), Response(404), Response(999)))
    for _ in range(3):
        await counted(Request())
    found = read(folder)
    assert {key: figures.count for key, figures in found.items() if key[0] == "time"} == {
        ("time", "/a", "200"): 1, ("time", "/a", "404"): 1, ("time", "/a", "other"): 1,
    }  # fmt: skip
    assert (found["size", "/a", "200"].total, found["connected",].count, found["disconnected",].count) == (4, 3, 3)


async def test_who_leaves_is_counted_as_gone(folder):
    settings = endpoint_settings(config=MetricsConfig(), shared_folder=folder)
    with pytest.raises(UpstreamError):
        await RouterFigures(settings, answers(UpstreamError("down")))(Request())
    assert read(folder)["disconnected",].count == 1


@pytest.mark.parametrize(
    ("made", "key"),
    [
        (lambda folder, next: EndpointFigures(
            endpoint_settings(endpoint="/a", config=MetricsConfig(), shared_folder=folder), next
        ), ("layer", "pipe", "/a")),
        (lambda folder, next: BackendFigures(
            backend_settings(url_pattern="/up", config=MetricsConfig(), shared_folder=folder), next
        ), ("layer", "backend", "/up")),
    ],
    ids=["pipe", "backend"],
)  # fmt: skip
async def test_calls_are_counted_by_how_they_end(folder, made, key):
    counted = made(folder, answers(Response(data={}), Response(data={}, is_complete=False), UpstreamError("down")))
    await counted(Request())
    await counted(Request())
    with pytest.raises(UpstreamError):
        await counted(Request())
    assert {found[3:]: figures.count for found, figures in read(folder).items() if found[:3] == key} == {
        ("true", "false"): 1, ("false", "false"): 1, ("false", "true"): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "settings", "key"),
    [
        (RouterFigures, endpoint_settings, "router_disabled"),
        (EndpointFigures, endpoint_settings, "proxy_disabled"),
        (BackendFigures, backend_settings, "backend_disabled"),
    ],
)
def test_a_layer_that_is_switched_off_is_not_there(kind, settings, key):
    assert kind.applies_to(settings(config=MetricsConfig()))
    assert not kind.applies_to(settings(config=MetricsConfig(**{key: True})))


def test_what_belongs_to_no_endpoint_is_not_counted():
    assert not RouterFigures.applies_to(endpoint_settings(endpoint="", config=MetricsConfig()))


async def test_the_way_in_stays_as_it_is(folder):
    async def app(scope, receive, send): ...

    app.begin = app.express = object()
    figures = Figures(server_settings(config=MetricsConfig(endpoint_disabled=True), shared_folder=folder), app)
    await figures.setup()
    assert (figures.begin, figures.express) == (app.begin, app.express)
    await figures({"type": "http"}, None, None)
    await figures.teardown()
