"""Events go where the operator says, and nobody else's loggers are disturbed."""
import io
import json
import logging
import os
import re
import socket
from pathlib import Path

import pytest

from krakpy import logs
from krakpy.logs import DefaultOptions, configure, event, row_writer, wants_colour

LOG = logging.getLogger("krakpy.test")

pytestmark = pytest.mark.usefixtures("clean_loggers")


def logged(*, level=None, fields=None, message="done", at=logging.INFO, **options):
    """The lines of one event."""
    stream = io.StringIO()
    configure(DefaultOptions(**options), level=level, stream=stream)
    event(LOG, at, message, **(fields or {}))
    return stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Disk(io.StringIO):
    """Has room for so many lines."""

    room = 0

    def write(self, text):
        if not self.room:
            raise OSError(28, "No space left on device")
        self.room -= 1
        return super().write(text)


def test_text_is_the_default():
    line = logged(fields={"pid": 7, "who": "a b"})
    assert re.fullmatch(r"\d{4}-\S+Z INFO  krakpy\.test  done  pid=7 who=\"a b\"\n", line)


@pytest.mark.parametrize(
    ("format", "member"), [("json", "message"), ("logstash", "message"), ("default", None), ("custom", None)]
)
def test_the_format_is_the_operators(format, member):
    line = logged(format=format, custom_format="<%{message}>")
    if member:
        assert json.loads(line)[member] == "done"
    else:
        assert ("<done>" in line) == (format == "custom")


def test_json_overrules_the_format():
    stream = io.StringIO()
    configure(DefaultOptions(format="logstash"), json=True, stream=stream)
    event(LOG, logging.INFO, "done")
    assert "time" in json.loads(stream.getvalue())


@pytest.mark.parametrize(
    ("level", "at", "written"),
    [("INFO", 10, False), ("INFO", 20, True), ("debug", 10, True), ("WARNING", 20, False), ("CRITICAL", 50, True)],
)
def test_what_is_below_the_level_is_not_written(level, at, written):
    assert bool(logged(level=level, at=at)) is written


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": "LOUD"}, "level: 'LOUD' is none of DEBUG, INFO"),
        ({"format": "xml"}, "format: 'xml' is none of default"),
        ({"format": "custom", "custom_format": "%{nope}"}, "custom_format: %{nope}"),
        ({"syslog": True, "syslog_facility": "local9"}, "syslog_facility: 'local9'"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        configure(DefaultOptions(**options))


def test_a_bad_option_leaves_the_log_as_it_was():
    stream = io.StringIO()
    configure(stream=stream)
    with pytest.raises(ValueError, match="format"):
        configure(DefaultOptions(format="xml"))
    event(LOG, logging.INFO, "still here")
    assert "still here" in stream.getvalue()


def test_configuring_again_replaces_what_was():
    first, second = io.StringIO(), io.StringIO()
    configure(stream=first)
    configure(stream=second)
    event(LOG, logging.INFO, "done")
    assert (first.getvalue(), second.getvalue().count("done")) == ("", 1)


def test_secrets_are_written_neither_from_fields_nor_from_messages_nor_from_tracebacks():
    stream = io.StringIO()
    configure(stream=stream)
    try:
        raise ConnectionError("redis://u:canary@host")
    except ConnectionError as error:
        event(LOG, logging.ERROR, "no http://u:canary@host", exc_info=error, password="canary", url="ftp://u:canary@h")
    written = stream.getvalue()
    assert "canary" not in written
    assert all(part in written for part in ("no http://***@host", "password=***", "ftp://***@h", "redis://***@host"))


def test_an_exception_is_one_line():
    stream = io.StringIO()
    configure(stream=stream)
    event(LOG, logging.ERROR, "failed", exc_info=ValueError("a\nb"))
    assert stream.getvalue().count("\n") == 1


def test_a_record_of_somebody_else_is_written_too():
    stream = io.StringIO()
    configure(stream=stream)
    LOG.info("%s of %s", 1, 2, extra={"fields": "no mapping"})
    assert stream.getvalue().endswith("1 of 2\n")


def test_a_record_that_cannot_be_written_raises_nowhere_and_is_counted():
    stream = io.StringIO()
    configure(stream=stream)
    LOG.info("%d", "no number")
    event(LOG, logging.INFO, "next")
    assert "next" in stream.getvalue()
    assert "log lines were lost  lines=1" in stream.getvalue()


@pytest.mark.parametrize("rows", [False, True], ids=["records", "rows"])
def test_a_full_disk_disturbs_nobody_and_the_lines_that_were_lost_are_counted(rows):
    disk = Disk()
    configure(stream=disk)
    access = row_writer(logging.getLogger("krakpy.access"), logging.INFO, "request", texts=["path"], numbers=[])

    def write():
        access(("/",), ()) if rows else event(LOG, logging.INFO, "done")

    for _ in range(3):
        write()
    disk.room = 9
    write()
    assert "log lines were lost  lines=3" in disk.getvalue()
    write()
    assert disk.getvalue().count("lost") == 1


def test_a_stream_that_fails_again_while_it_says_so_keeps_the_count():
    disk = Disk()
    configure(stream=disk)
    for room in (0, 0, 1, 9):
        disk.room = room
        event(LOG, logging.INFO, "done")
    assert "log lines were lost  lines=2" in disk.getvalue()


@pytest.mark.parametrize(
    ("stream", "environment", "colour"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_whose_user_wants_it(monkeypatch, stream, environment, colour):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(stream) is colour


def test_standard_error_is_the_default_and_standard_output_a_choice(capsys):
    configure()
    event(LOG, logging.INFO, "to stderr")
    configure(DefaultOptions(stdout=True))
    event(LOG, logging.INFO, "to stdout")
    captured = capsys.readouterr()
    assert ("to stdout" in captured.out, "to stderr" in captured.err) == (True, True)


def test_loggers_of_others_are_left_alone_unless_the_process_is_ours():
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    configure(stream=io.StringIO())
    assert (root.handlers, root.level) == before
    stream = io.StringIO()
    configure(stream=stream, whole_process=True)
    logging.getLogger("somebody.else").warning("hello")
    logging.getLogger("somebody.else").info("chatter")
    assert "WARNING somebody.else  hello" in stream.getvalue()
    assert "chatter" not in stream.getvalue()
    assert [handler for handler in before[0] if handler not in root.handlers] == []


def test_the_access_log_stays_out_of_syslog_and_goes_to_standard_output(capsys, syslog_socket):
    configure(DefaultOptions(syslog=True, syslog_facility="local0"))
    event(LOG, logging.ERROR, "for syslog", pid=1)
    event(logging.getLogger("krakpy.access"), logging.INFO, "request")
    said = syslog_socket.recv(1000).decode()
    out, err = capsys.readouterr()
    assert re.fullmatch(r"<131>krakpy: \S+ ERROR krakpy\.test  for syslog  pid=1\0", said)  # 16 * 8 + 3
    assert ("for syslog" in out + err, "request" in out) == (False, True)


@pytest.fixture
def syslog_socket():
    """A syslog of our own, where this machine has none."""
    place = Path("/dev/log")
    if place.exists() or not os.access("/dev", os.W_OK):
        pytest.skip("this machine has a syslog, or none can be made")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(place))
        server.settimeout(5)
        yield server
    place.unlink()
    for handler in logging.getLogger("krakpy").handlers:
        handler.close()


def test_while_there_is_no_syslog_its_lines_are_seen_elsewhere():
    if Path("/dev/log").exists():
        pytest.skip("this machine has a syslog")
    stream = io.StringIO()
    configure(DefaultOptions(syslog=True), stream=stream)
    event(LOG, logging.ERROR, "for syslog")
    assert stream.getvalue().count("for syslog") == 1


def test_levels_are_those_of_krakend():
    assert logs.LEVELS == ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
