"""What `check -d` prints."""
from krakpy.cli.dump import outline, redacted
from krakpy.config.loading import load


def dumped(path: str, detail: int = 1) -> list[str]:
    return list(outline(load(path, {}).settings, detail, "  "))


def test_the_short_form_shows_what_is_set(config):
    service, endpoint, backend = dumped(config({"input_headers": ["X-A"]}, {"group": "g"}, name="shop"))
    assert service.startswith("service  name=shop port=8080")
    assert 'input_headers=["X-A"]' in endpoint
    assert "group=g" in backend
    assert "target" not in backend


def test_the_short_form_names_the_extensions(config):
    _, endpoint, _ = dumped(config({"extra_config": {"acme/audit": {}}}))
    assert endpoint.endswith('extensions=["acme/audit"]')


def test_the_long_form_has_every_setting_on_a_line(config):
    lines = dumped(config(), 2)
    assert "  port=8080" in lines
    assert "    merge_timeout_s=1.7" in lines
    assert '      target=""' in lines


def test_secrets_are_not_shown(config):
    path = config({"extra_config": {"acme/audit": {"password": "hush"}}})
    assert "hush" not in "\n".join(dumped(path, 2)) + str(redacted(load(path, {}).settings))


def test_how_deep_answers_are_opened_stands_below_each_backend(config):
    settings = load(config(), {}).settings
    assert list(outline(settings, 1, "  ", {"endpoints[0].backend[0]": "a, a.b"}))[-1] == "      opens: a, a.b"
    assert list(outline(settings, 2, "  ", {}))[-1] == "      opens: nothing"
