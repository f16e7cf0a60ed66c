"""What an environment offers, told by its own interpreter from metadata alone: nothing is imported.

    python -I -m krakpy_sdk.survey
"""
from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from krakpy_sdk import __version__
from krakpy_sdk.frames import WIRE


def survey() -> dict[str, Any]:
    """The version of Python, the sdk's and the wire's, and every distribution that offers something to krakpy."""
    offers, unread = [], []
    for distribution in distributions():
        # NOTE: the path of a distribution has no public name; without it a broken package could not be named
        folder = Path(str(getattr(distribution, "_path", "")))
        try:
            offer = _offer(distribution, folder)
        except Exception as error:  # noqa: BLE001  # foreign metadata may be wrong in any way; only its own package pays
            unread.append([folder.name, f"{type(error).__name__}: {error}"])
            continue
        if offer:
            offers.append(offer)
    found = {"python": platform.python_version(), "sdk": __version__, "wire": WIRE}
    return found | {"offers": offers, "unread": unread}


def _offer(distribution: Distribution, folder: Path) -> dict[str, Any]:
    points = [[p.group, p.name, p.value] for p in distribution.entry_points if p.group.startswith("krakpy.")]
    if not points:
        return {}
    requires = list(distribution.requires or ())
    said = {"folder": folder.name, "location": str(folder), "version": distribution.version}
    return {**said, "requires": requires, "entry_points": points}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(survey()))
