"""`python -m benchmarks`: krakpy beside other gateways, where its microseconds go, and what its parts cost."""
from __future__ import annotations

import signal
import sys

from benchmarks import command
from benchmarks.parts import command as parts
from benchmarks.profile import command as profile


def main(arguments: list[str]) -> int:
    """Run the command that the first word names, or the side-by-side run."""
    commands = {"profile": profile.main, "parts": parts.main}
    if arguments and arguments[0] in commands:
        return commands[arguments[0]](arguments[1:])
    return command.main(arguments)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or what was started would be left behind
    sys.exit(main(sys.argv[1:]))
