"""Tells backends which country a request comes from, and refuses requests from some.

    "plugin/req-resp-modifier": {"name": ["geo"], "geo": {"networks": {"192.0.2.0/24": "NO"}, "block": ["CL"]}}
"""
from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from krakpy_sdk import ConfigError, Context, ContractError, Extension, Patch, Reply, Request, Response

__all__ = ["Config", "Geo"]

Network = IPv4Network | IPv6Network


def _own_networks() -> dict[str, str]:
    """Loopback, private and documentation networks; `ZZ` is nobody's code (ISO 3166-1, user-assigned)."""
    networks = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "192.0.2.0/24", "198.51.100.0/24",
                "203.0.113.0/24", "::1/128", "fc00::/7", "2001:db8::/32")
    return dict.fromkeys(networks, "ZZ")


@dataclass(frozen=True)
class Config:
    """What the operator writes under the extension's name."""

    networks: dict[str, str] = field(default_factory=_own_networks)
    """Network in CIDR notation → country; the most specific network counts."""
    header: str = "X-Country"
    """The request header that holds the country."""
    block: tuple[str, ...] = ()
    """Countries whose requests are answered 403."""
    data_path: str = ""
    """A dotted path in the answer that holds the country; empty adds nothing."""

    def __post_init__(self) -> None:
        for cidr, country in self.networks.items():
            _network(cidr)
            _check_country(country, f"networks.{cidr}")
        for index, country in enumerate(self.block):
            _check_country(country, f"block[{index}]")
        try:
            Patch().remove_header(self.header)
        except ContractError as error:
            raise ConfigError(str(error), path="header") from error


class Geo(Extension[Config]):
    """Adds the caller's country to the request, and to the answer if asked; refuses the countries in `block`."""

    #: nothing is kept between calls, so one whose process ended may be made again in the next
    is_safe = True

    def __init__(self, config: Config | None = None, context: Context | None = None) -> None:
        super().__init__(config, context)
        table = [(_network(cidr), country) for cidr, country in self.config.networks.items()]
        # the first match is the most specific one
        self._table = sorted(table, key=lambda entry: -entry[0].prefixlen)

    def endpoint_request(self, request: Request) -> Patch | Reply:
        """The request with its country; 403 if the country is blocked."""
        country = self.country(request.client_ip)
        if country is None:
            # a client that writes the header itself must not be believed
            return Patch().remove_header(self.config.header)
        if country in self.config.block:
            self.context.log.info("refused a request from %s", country)
            return Reply(403, json={"error": "not available in your country"})
        return Patch().set_header(self.config.header, country)

    def endpoint_response(self, request: Request, response: Response) -> Patch | None:
        """The answer with its country, if `data_path` is set and the endpoint has a document (`no-op` has none)."""
        country = self.country(request.client_ip)
        if not self.config.data_path or country is None or response.data is None:
            return None
        return Patch().set_data(self.config.data_path, country)

    def country(self, client_ip: str) -> str | None:
        """The country of an address; None if no network holds it."""
        try:
            address = ip_address(client_ip)
        except ValueError:
            return None
        return next((country for network, country in self._table if address in network), None)


def _network(cidr: str) -> Network:
    try:
        return ip_network(cidr)
    except ValueError as error:
        raise ConfigError(f"not a network: {error}", path=f"networks.{cidr}") from error


def _check_country(country: str, path: str) -> None:
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise ConfigError(f"not a country code (two capital letters): {country!r}", path=path)
