"""Hosts of backends from DNS SRV records.

    {"sd": "dns", "host": ["_api._tcp.example.test"], "disable_host_sanitize": true}
"""
from krakpy_dns.discovery import Dns
from krakpy_dns.settings import DnsSettings

__version__ = "0.1.0"
__all__ = ["Dns", "DnsSettings"]
