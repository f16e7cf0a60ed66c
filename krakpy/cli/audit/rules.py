"""Every rule, in the order in which recommendations are shown."""
from __future__ import annotations

from krakpy.cli.audit.krakend_endpoints import ENDPOINTS
from krakpy.cli.audit.krakend_security import SECURITY
from krakpy.cli.audit.krakend_traffic import TRAFFIC
from krakpy.cli.audit.own import OWN
from krakpy.cli.audit.rule import Rule

RULES: tuple[Rule, ...] = (*SECURITY, *TRAFFIC, *ENDPOINTS, *OWN)
