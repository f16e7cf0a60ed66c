"""What `krakpy ext doctor` knows: the problems of metadata, names, gates, probes and the configuration in one list.

    diagnose("krakend.json").problems
"""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from krakpy.cli.ext.inventory import Inventory, take, uses_of
from krakpy.cli.ext.mending import mended, reinstalled
from krakpy.cli.ext.seats import seats
from krakpy.cli.ext.verdicts import probed
from krakpy.codes import Code
from krakpy.config.loading import load
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.catalog import Candidate, Catalog, read_catalog
from krakpy.extension.gates import SWITCHES
from krakpy.extension.needs import needs_of
from krakpy.extension.preparing import plan
from krakpy.extension.probe import Verdict
