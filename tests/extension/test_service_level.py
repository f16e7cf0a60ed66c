"""A namespace of the service may be answered in every seat: there it stands around every object."""
import pytest

from krakpy.extension.catalog import AT_SERVICE
from krakpy.extension.gates import Gates
from krakpy.extension.needs import FAMILIES, needs_of
from krakpy.testing import Upstream, gateway

from .pieces import Front, Greeter, Greets, Hello
from .services import service

BACKEND = {"host": ["http://upstream.test"], "url_pattern": "/u"}
EVERYWHERE = {"acme/all": {"driver": "hello"}}
HELLO: dict[str, dict[str, type]] = {"greet": {"hello": Hello}, "drivers": {"greet": Greets}}
SEATS = ("router", "endpoint", "backend", "client")


def config(*backends, **root):
    endpoints = [{"endpoint": path, "backend": list(backends) or [BACKEND]} for path in ("/a", "/b")]
    return {"name": "shop", "endpoints": endpoints, **root}


def served(config, **extensions):
    families: dict[str, dict[str, type]] = {**HELLO, **extensions}
    return gateway(config, Upstream({"/u": {"a": 1}}), **families)


async def test_it_stands_around_every_object_of_its_seat():
    async with served(config(extra_config=EVERYWHERE), router={f"acme/all{AT_SERVICE}": Greeter}) as client:
        for path, place in (("/a", "endpoints[0]"), ("/b", "endpoints[1]")):
            answer = await client.get(path)
            assert (answer.headers["X-Place"], answer.headers["X-Greeting"]) == (place, "hi shop")


@pytest.mark.parametrize("seat", SEATS)
async def test_every_seat_but_the_servers_has_a_place_for_it(seat):
    plain = {"output_encoding": "no-op"}
    endpoints = [{"endpoint": "/a", "backend": [{**BACKEND, "encoding": "no-op"}], **plain}]
    whole = config(extra_config=EVERYWHERE) | {"endpoints": endpoints}
    async with served(whole, **{seat: {f"acme/all{AT_SERVICE}": Greeter}}) as client:
        expected = "endpoints[0]" if seat in ("router", "endpoint") else "endpoints[0].backend[0]"
        assert (await client.get("/a")).headers["X-Place"] == expected


async def test_both_forms_of_one_distribution_are_joined():
    steps = {"server": {"acme/all": Front}, "router": {f"acme/all{AT_SERVICE}": Greeter}}
    async with served(config(extra_config=EVERYWHERE), **steps) as client:
        assert (await client.get("/a")).headers["X-Greeting"] == "hi shop"


async def test_where_it_does_not_apply_it_is_not_there():
    fails = {"acme/all": {"fails": "left_out"}}
    async with served(config(extra_config=fails), endpoint={f"acme/all{AT_SERVICE}": Greeter}) as client:
        assert [(await client.get(path)).status for path in ("/a", "/b")] == [200, 200]
    async with served(config(extra_config=fails), router={f"acme/all{AT_SERVICE}": Greeter}) as client:
        assert ["X-Place" in (await client.get(path)).headers for path in ("/a", "/b")] == [True, False]


async def test_a_failure_of_one_object_is_its_own():
    fails = {"acme/all": {"driver": "hello", "who": "nobody"}}
    async with served(config(extra_config=fails), router={f"acme/all{AT_SERVICE}": Greeter}) as client:
        assert (await client.get("/a")).status == 500


@pytest.mark.parametrize("written", ["acme/all", "acme-all/acme/all"])
def test_name_and_id_mean_all_of_its_seats(site, tmp_path, written):
    site.add(
        "acme-all", modules={"acme_all.py": ""}, server={"acme/all": "acme_all:A"},
        router={"acme/all@service": "acme_all:B"}, client={"acme/all@service": "acme_all:C", "acme/all": "acme_all:D"},
    )  # fmt: skip
    assert [(c.family, c.name) for c in admitted(site, tmp_path, written)] == [
        ("client", "acme/all@service"), ("router", "acme/all@service"), ("server", "acme/all"),
    ]  # fmt: skip


def test_an_endpoint_is_not_answered_by_it(site):
    site.add("acme-all", router={"acme/all@service": "acme_all:B"})
    catalog = site.catalog()
    assert (catalog.find(FAMILIES["endpoint"], "acme/all"), catalog.names(FAMILIES["endpoint"])) == ((), set())
    assert catalog.names(FAMILIES["service"]) == {"acme/all"}


def test_two_distributions_that_answer_one_namespace_are_told_by_name(site, tmp_path):
    site.add("acme-all", server={"acme/all": "acme_all:A"})
    site.add("corp-all", router={"acme/all@service": "corp_all:B"})
    problem = admitted(site, tmp_path, "acme/all")
    assert "offered by acme-all/acme/all and by corp-all/acme/all" in problem.message


def admitted(site, tmp_path, written):
    settings = service(tmp_path, {}, extra_config={written: {}}, plugin={"defaults": {"isolation": "inproc"}})
    [need] = [need for need in needs_of(settings)[0] if need.name == written]
    answer = Gates(site.catalog(), settings.plugin, {"KRAKPY_ENABLE_PLUGINS": "1"}).admit(need)
    return sorted((a.candidate for a in answer), key=lambda c: c.family) if isinstance(answer, tuple) else answer


