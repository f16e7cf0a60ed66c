"""The driver behind `sd: dns` and `sd: dns-shared`."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from krakpy_sdk import BackendSettings, Discovery

from krakpy_dns import records
from krakpy_dns.lookup import LIFETIME_S, look_up
from krakpy_dns.settings import DnsSettings
from krakpy_dns.watch import Watch


class Dns:
    """Gives the targets of the SRV records of a backend's first host (KrakenD: `sd: dns`).

    They are looked up when the gateway starts, and again when a request finds them older than `dns_cache_ttl`, in the
    background. Backends with one name share its look-ups.
    """

    Config = DnsSettings

    def __init__(
        self,
        config: DnsSettings | None = None,
        *,
        watch: Callable[..., Watch] = Watch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nameservers = (config or DnsSettings()).addresses
        self._watch = watch
        self._clock = clock
        self._watches: dict[tuple[str, str, float], Watch] = {}
        #: how long the start may still wait for first answers, all names together
        self._patience_s = LIFETIME_S

    def hosts(self, settings: BackendSettings) -> Callable[[], Sequence[str]]:
        """A function that gives the hosts that were found last; there are none where nothing was found."""
        if not settings.hosts:
            return tuple
        # NOTE: cleaning puts a scheme before the name unless `disable_host_sanitize` (KrakenD: then nothing is found)
        name = settings.hosts[0].rpartition("://")[2]
        key = (name, settings.sd_scheme, settings.dns_cache_ttl_s)
        if key not in self._watches:
            self._watches[key] = watch = self._watch(
                name, partial(self._find, name, settings.sd_scheme), ttl_s=settings.dns_cache_ttl_s
            )
            self._begin(watch)
        return self._watches[key]

    def _find(self, name: str, scheme: str) -> tuple[str, ...]:
        return records.hosts(look_up(name, self._nameservers), scheme)

    def _begin(self, watch: Watch) -> None:
        began = self._clock()
        watch()
        watch.answered.wait(self._patience_s)
        self._patience_s = max(0.0, self._patience_s - (self._clock() - began))


_guard: type[Discovery] = Dns
