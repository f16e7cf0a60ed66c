"""A master that says what a test has written down, on a real control socket."""
import json
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

STATUS: dict[str, Any] = {
    "kind": "status", "schema": "krakpy.status/1", "pid": 4711, "version": "1.0", "state": "serving",
    "started_at": 1.0, "uptime_s": 3.5, "generation": 1, "listeners": ["http://127.0.0.1:8080"], "workers_wanted": 1,
    "config": {"path": "/etc/krakend.json", "digest": "sha256:0123456789abcdef", "loaded_at": 1.0},
    "workers": [
        {
            "pid": 4712, "generation": 1, "next": False, "state": "ready", "uptime_s": 3.0, "restarts": 0,
            "last_death": None,
        }
    ],
    "extensions": [], "reload": None, "last_reload": None, "successor": None,
}  # fmt: skip
PROBLEM = {"code": "KC003", "place": "prt", "message": "unknown key", "remedy": "Write `port`.", "severity": "error"}
GOOD: dict[str, Any] = {
    "kind": "outcome", "ok": True, "number": 1, "generation": 2, "phase": "booting", "by": ["control"], "at": 1.0,
    "took_s": 0.31, "problems": [], "more_problems": 0,
}  # fmt: skip
BAD = {**GOOD, "ok": False, "generation": 1, "phase": "checking", "problems": [PROBLEM], "more_problems": 2}


class ScriptedMaster:
    """Answers every `status` and every `reload` with these messages, for a `with` block; None: hangs up instead."""

    def __init__(self, folder: Path, pid: int = 4711, *, status=(STATUS,), reload=(GOOD,), release=()) -> None:
        self.path = folder / "krakpy" / f"{pid}.sock"
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        said = [{**message, "pid": pid} for message in status]
        self.says = {"status": said, "reload": list(reload), "release": list(release)}
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self.path))
        self._socket.listen(16)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(30)
        self._socket.close()
        os.unlink(self.path)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            # NOTE: who asks may have heard enough before everything is said
            with client, suppress(ConnectionError):
                request = client.recv(4096)
                if request:
                    self._answer(client, json.loads(request)["do"])

    def _answer(self, client: socket.socket, command: str) -> None:
        self.asked.append(command)
        for message in self.says[command]:
            line = message if isinstance(message, bytes) else json.dumps({"control": 1, **message}).encode() + b"\n"
            client.sendall(line)
