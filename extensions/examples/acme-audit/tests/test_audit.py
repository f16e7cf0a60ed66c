import json
import threading

import pytest
from acme_audit import Audit, Config
from krakpy_sdk import ConfigError, Headers, Request, Response

ASKED = Request(
    "POST", "/orders/7", headers=Headers({"X-User": "Ada\n", "Authorization": "Bearer abc"}), client_ip="192.0.2.7",
    endpoint="/orders/{id}",
)  # fmt: skip


@pytest.fixture
def audit(tmp_path):
    def opened(**config):
        extension = Audit(Config(file=str(tmp_path / "audit.jsonl"), **config))
        extension.setup(None)
        made.append(extension)
        return extension

    made = []
    yield opened
    for extension in made:
        extension.teardown()


def lines(tmp_path):
    return [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]


def test_a_request_is_one_line(audit, tmp_path):
    audit(headers=("X-User", "X-None")).log(ASKED, Response(201))
    [line] = lines(tmp_path)
    assert line.pop("time")
    assert line == {
        "client": "192.0.2.7", "method": "POST", "path": "/orders/7", "endpoint": "/orders/{id}", "status": 201,
        "complete": True, "headers": {"X-User": "Ada\n"},
    }  # fmt: skip


def test_a_secret_is_never_written(audit, tmp_path):
    audit(headers=("authorization",)).log(ASKED, Response(200))
    assert lines(tmp_path)[0]["headers"] == {"authorization": "(secret)"}
    assert "abc" not in (tmp_path / "audit.jsonl").read_text()


def test_what_is_not_listed_is_not_written(audit, tmp_path):
    audit().log(ASKED, Response(200))
    assert lines(tmp_path)[0]["headers"] == {}


def test_lines_of_several_writers_stay_whole(audit, tmp_path):
    writers = [threading.Thread(target=_write, args=(audit(headers=("X-User",)),)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(lines(tmp_path)) == 400


def _write(extension):
    for _ in range(100):
        extension.log(ASKED, Response(200))


def test_what_was_written_stays(audit, tmp_path):
    audit(fsync=True).log(ASKED, Response(200))
    audit().log(ASKED, Response(500))
    assert [line["status"] for line in lines(tmp_path)] == [200, 500]


def test_only_the_owner_can_read_it(audit, tmp_path):
    audit()
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_told_at_set_up(tmp_path):
    with pytest.raises(FileNotFoundError):
        Audit(Config(file=str(tmp_path / "none" / "audit.jsonl"))).setup(None)


def test_a_path_is_absolute():
    with pytest.raises(ConfigError) as raised:
        Config(file="audit.jsonl")
    assert raised.value.path == "file"
