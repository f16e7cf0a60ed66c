"""What can go wrong with a call that leaves the worker, beside what goes wrong with every call."""
from __future__ import annotations

from krakpy_sdk import ContractError

from krakpy.codes import Code


class Told(Exception):
    """What an extension raised in its host, in the words of the host."""

    def __init__(self, kind: str, said: str, place: str) -> None:
        super().__init__(said)
        self.kind = kind
        """The class of the exception over there."""
        self.said = said
        self.place = place
        """`, at FILE:LINE`, or nothing."""


class ToldBreach(ContractError):
    """A breach of the contract that the host has seen, in its words."""

    def __init__(self, kind: str, said: str, place: str) -> None:
        super().__init__(said)
        self.kind = kind
        self.said = said
        self.place = place


class HostDown(Exception):
    """No host of the instance is there to be asked, for this reason."""

    def __init__(self, message: str, code: Code = Code.HOST_DOWN) -> None:
        super().__init__(message)
        self.code = code


class HostDied(Exception):
    """The host ended while it had the call."""
