"""`krakpy ext list`."""
INPROC = {"defaults": {"isolation": "inproc"}}


def test_each_extension_has_state_id_version_and_group(invoke, site):
    site.install("acme-geo", hooks={"geo": "Geo"}, version="1.2.0")
    line = invoke("ext", "list", allowed=True).stdout.splitlines()[0]
    assert line.split() == ["available", "acme-geo/geo", "1.2.0", "krakpy.hooks.v1"]


def test_it_works_with_gates_closed_and_says_so(invoke, site, config, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    result = invoke("ext", "list", "-c", config(using("geo")))
    assert result.exit_code == 0
    assert result.stdout.startswith("gate-closed   acme-geo/geo")
    assert "the configuration has no `plugin` object" in result.stdout
    assert "export KRAKPY_ENABLE_PLUGINS=1" in result.stdout


def test_it_works_when_an_extension_is_broken(invoke, site):
    site.install("acme-geo", "import os; os._exit(3)", hooks={"geo": "Geo"})
    assert "acme-geo/geo" in invoke("ext", "list", allowed=True).stdout


def test_krakpys_own_parts_are_listed_on_demand(invoke):
    assert "krakpy/url_pattern" not in invoke("ext", "list").stdout
    assert "krakpy/url_pattern" in invoke("ext", "list", "--all").stdout


def test_a_distribution_that_cannot_be_read_is_named(invoke, site):
    site.write("broken-1.0.dist-info", b"\xff\xfe[krakpy", "broken")
    assert "warning KX008 broken-1.0.dist-info" in invoke("ext", "list").stdout


def test_a_probe_shows_what_fails(invoke, site):
    site.install("acme-geo", "raise RuntimeError('no')", hooks={"geo": "Geo"})
    lines = invoke("ext", "list", "--probe", allowed=True).stdout.splitlines()
    assert lines[0].startswith("failed ")
    assert "KX020" in lines[1]


def test_many_uses_are_counted(invoke, site, config, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    endpoints = [
        {"endpoint": f"/{name}", "backend": [{"url_pattern": "/x", "host": ["http://127.0.0.1:9999"]}], **using("geo")}
        for name in "abc"
    ]
    output = invoke("ext", "list", "-c", config(endpoints=endpoints, plugin=INPROC), allowed=True).stdout
    assert "used at endpoints[0].extra_config.plugin/req-resp-modifier.geo and 2 others" in output


def test_a_configuration_that_cannot_be_read_ends_it(invoke, config):
    result = invoke("ext", "list", "-c", config(version=2))
    assert result.exit_code == 1
    assert "KC002" in result.stderr


def test_the_object_has_gates_extensions_and_problems(ask, site, config, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    path = config(using("geo", "nope"), plugin=INPROC)
    document = ask("ext", "list", "-c", path)
    assert document["schema"] == "krakpy.ext.list/1"
    assert document["gates"] == {"configuration": True, "environment": False}
    found = {extension["id"]: extension for extension in document["extensions"]}
    assert found["nope"]["distribution"] is None
    assert found["acme-geo/geo"] | {"reason": None} == {
        "id": "acme-geo/geo",
        "name": "geo",
        "distribution": "acme-geo",
        "version": "1.0.0",
        "group": "krakpy.hooks.v1",
        "state": "gate-closed",
        "uses": ["endpoints[0].extra_config.plugin/req-resp-modifier.geo"],
        "tiers": ["inproc"],
        "reason": None,
    }
    assert found["acme-geo/geo"]["reason"]["code"] == "KX003"
