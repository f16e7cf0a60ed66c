"""One record for each instance, whatever the number of its places; krakpy's own steps have none."""
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from krakpy.config.model_plugin import Quarantine
from krakpy.extension.gates import Admission
from krakpy.extension.ledger import Ledger
from krakpy.extension.policy import DEFAULT_TIMEOUT_S, Policy
from krakpy.extension.preparing import Prepared
from krakpy.extension.quarantine import Failing, Rules, failed
from krakpy.extension.records import Records, account_of, is_trusted, spared

from .instances import candidate


def admission(id="acme-geo/geo", family="hooks", name="geo", place="endpoints[0]", **policy):
    need: Any = SimpleNamespace(name=name, place=place)
    found = replace(candidate(id, family), is_first_party=id.startswith("krakpy"))
    return Admission(need, found, Policy(**policy))


@pytest.fixture
def ledger():
    return Ledger.create()


def test_all_places_of_an_instance_share_a_record_and_another_instance_has_another(ledger):
    records = Records(ledger)
    one = records.of(admission())
    assert one is not None
    assert records.of(admission(place="endpoints[1]")) is one
    assert records.of(admission(name="geo_new")) is not one


def test_the_operators_words_are_the_rules(ledger):
    words = Quarantine(overruns=1, errors=2, within=3.0, lasts=4.0, trials=5)
    account = account_of(admission(quarantine=words, timeout_s=0.05))
    assert (account.rules, account.limit_s) == (Rules(1, 2, 3.0, 4.0, 5), 0.05)
    assert account_of(admission()).limit_s == DEFAULT_TIMEOUT_S
    assert account_of(admission()).rules == Rules()


@pytest.mark.parametrize(
    ("id", "family", "policy", "trusted"),
    [
        pytest.param("krakpy/access", "router", {}, True, id="own middleware"),
        pytest.param("krakpy/access", "router", {"isolation": "inproc"}, True, id="where it runs anyway"),
        pytest.param("krakpy/access", "router", {"timeout_s": 1.0}, False, id="with a policy"),
        pytest.param("krakpy-geo/geo", "hooks", {}, False, id="hook"),
        pytest.param("acme-audit/audit", "router", {}, False, id="third party"),
    ],
)
def test_krakpys_own_steps_are_trusted_as_long_as_the_operator_says_nothing(id, family, policy, trusted):
    assert is_trusted(admission(id, family, **policy)) is trusted


def test_a_rehearsal_spares_what_workers_leave_out(ledger):
    geo, audit = admission(), admission(name="audit")
    unused: Any = SimpleNamespace()
    prepared = Prepared(unused, unused, (geo, audit))
    index = ledger.enrol(account_of(geo))
    died = Failing("death", 1.0, 1.0, "its worker died", is_at_boot=True)
    assert spared(prepared, ledger).admissions == (geo, audit)
    for _ in range(3):
        ledger.change(index, partial(failed, failing=died))
    assert spared(prepared, ledger).admissions == (audit,)


def test_without_a_ledger_nobody_is_watched():
    records = Records()
    records.close()
    assert records.of(admission()) is None


async def test_what_is_counted_is_seen_from_the_start_to_the_end(ledger):
    records = Records(ledger)
    record = records.of(admission())
    assert record is not None
    records.open()
    record.tally[:] = [3, 0.5]
    records.close()
    account = ledger.account(record.index)
    assert account is not None
    assert account.calls == 3
