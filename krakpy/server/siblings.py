"""The ledger of workers whose master is somebody else's: a file that all children of one master open.

    GatewayApp(…, ledger=lambda: siblings_ledger(os.environ, "krakend.json"))

In the private folder of this user, as `PARENT-DIGEST.ledger`; what masters that are gone have left is removed.
"""
from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from krakpy.extension.ledger import Ledger
from krakpy.extension.ledger_watch import Watch
from krakpy.server.control_paths import is_alive, private_folder

_SUFFIX = ".ledger"


def siblings_ledger(environ: Mapping[str, str], config: str) -> Ledger | None:
    """The ledger that this worker shares with its siblings; None where there is no place for it.

    Whoever comes looks first whether one of them is gone, and who it was running then.
    """
    try:
        folder = private_folder(environ)
        _tidy(folder)
        digest = sha256(os.path.realpath(config).encode()).hexdigest()[:16]
        ledger = Ledger.at(str(folder / f"{os.getppid()}-{digest}{_SUFFIX}"))
    except OSError:
        return None
    Watch(ledger).bury_strangers(is_alive)
    return ledger


def _tidy(folder: Path) -> None:
    for path in folder.glob(f"*{_SUFFIX}"):
        parent = path.name.partition("-")[0]
        if parent.isdecimal() and not is_alive(int(parent)):
            path.unlink(missing_ok=True)
