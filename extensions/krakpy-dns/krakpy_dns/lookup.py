"""Questions to name servers; they block, so they are asked in threads."""
from __future__ import annotations

from collections.abc import Sequence

import dns.exception
import dns.nameserver
import dns.resolver
from krakpy_sdk import UpstreamError

from krakpy_dns.records import Record

#: longest time for one look-up, all name servers and repeats together
LIFETIME_S = 5.0


def look_up(name: str, nameservers: Sequence[tuple[str, int]] = ()) -> list[Record]:
    """The SRV records of a name; UpstreamError if there are none or nobody says.

    A name without a dot at its end is looked for in the system's search domains too (Go: net.LookupSRV).
    """
    try:
        # NOTE: made for each question, so that a change of /etc/resolv.conf is noticed
        resolver = dns.resolver.Resolver(configure=not nameservers)
        if nameservers:
            resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in nameservers]
        answer = resolver.resolve(name, "SRV", search=True, lifetime=LIFETIME_S)
    except (dns.exception.DNSException, OSError) as error:
        raise UpstreamError(f"no SRV records of {name!r}: {error}") from error
    return [Record(found.priority, found.weight, found.target.to_text(), found.port) for found in answer]
