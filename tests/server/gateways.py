"""A gateway in a process of its own, seen as its user sees it: sockets, signals, exit status and log lines."""
import json
import re
import select
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

APPS = Path(__file__).with_name("apps.py")


class Gateway:
    """`serve` in a child, for a `with` block. `plan` is the file that a worker reads when it loads the application."""

    def __init__(self, folder: Path, *, pass_fds: tuple[int, ...] = (), **options) -> None:
        self.plan = folder / "plan"
        self.plan.write_text(options.pop("plan", "serve"))
        options = {"bind": "127.0.0.1:0", "workers": 1, "graceful_timeout_s": 5, **options, "plan": str(self.plan)}
        options |= {"control": str(options["control"])} if "control" in options else {}
        command = [sys.executable, str(APPS), json.dumps(options)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, bufsize=0, pass_fds=pass_fds)
        assert self.process.stderr is not None
        self.log = self.process.stderr  # without a buffer, so that select sees what is unread
        self.port = 0

    def __enter__(self):
        listening = self.event("Listening at", logger="krakpy.gunicorn")
        if found := re.search(r":(\d+) ", listening["message"]):
            self.port = int(found[1])
        return self

    def __exit__(self, *_):
        self.process.kill()  # workers die with their master
        self.process.wait(5)
        self.log.close()

    def event(self, message: str, within_s: float = 20.0, **fields) -> dict:
        """The next event whose message begins so and that has these fields; what comes before it is passed over."""
        deadline = time.monotonic() + within_s
        seen = []
        while (line := self.line(deadline - time.monotonic())) is not None:
            seen.append(line)
            event = json.loads(line)
            if event["message"].startswith(message) and fields.items() <= event.items():
                return event
        raise AssertionError(f"no event {message!r} with {fields} within {within_s} s, but:\n" + "\n".join(seen))

    def line(self, within_s: float) -> str | None:
        """The next line of the log; None when there is none in time, or at its end."""
        if not select.select([self.log], [], [], max(0, within_s))[0]:
            return None
        return self.log.readline().decode() or None

    def get(self, path: str = "/") -> dict | None:
        """The answer, or None if the connection broke."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path.replace(" ", "%20"))
            return json.loads(connection.getresponse().read())
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def ready(self, within_s: float = 20.0) -> int:
        """Waits until a worker is ready, and gives its pid."""
        return self.event("worker ready", within_s)["pid"]

    def frees_its_port(self, within_s: float = 2.0) -> bool:
        """Whether somebody else can listen there in time."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                socket.create_server(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.01)
            else:
                return True
        return False

    def stop(self, sig: signal.Signals = signal.SIGTERM, within_s: float = 5.0) -> int:
        """The exit status after this signal."""
        self.process.send_signal(sig)
        return self.process.wait(within_s)
