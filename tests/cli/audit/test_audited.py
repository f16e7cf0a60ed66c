"""What an audit sees of a configuration."""
import pytest

from krakpy.cli.audit.audited import look
from krakpy.codes import Code
from krakpy.errors import ConfigurationError

OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}


def test_a_file_that_krakend_refuses_is_refused(config):
    with pytest.raises(ConfigurationError) as raised:
        look(config(version=2), {})
    assert [problem.code for problem in raised.value.problems] == [Code.VERSION]


def test_what_krakpy_does_not_have_is_audited_all_the_same(config):
    found = look(config(extra_config={"router": {"max_payload": 1}}), {})
    assert found.service.extra_config.router.max_payload == 1
    assert found.strangers == ()


def test_the_environment_has_its_say(config):
    assert look(config(), {"KRAKEND_LISTEN_IP": "127.0.0.1"}).service.listen_ip == "127.0.0.1"


def test_third_party_code_is_seen_when_the_gates_let_it_in(config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    path = config(using("geo"), plugin={})
    (use,) = look(path, OPEN).strangers
    assert use.candidate.id == "acme-geo/geo"
    assert look(path, {}).strangers == ()


def test_permissions_are_those_of_the_file_and_of_its_folder(config, tmp_path):
    path = config()
    found = look(path, {})
    assert found.file_mode == tmp_path.joinpath(path).stat().st_mode
    assert found.folder_mode & 0o777 == tmp_path.joinpath(path).parent.stat().st_mode & 0o777
