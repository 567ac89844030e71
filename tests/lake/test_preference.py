"""Whose row counts, checked against a small model of it: any order of senders and keys, at any moment."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lake_trials import START, dataset, judged, receipt  # type: ignore[import-not-found]

from tinh.kit.clock import HeldClock
from tinh.lake.api import Entry, Lake

SENDERS = ("a", "b", "c", "d")
_deliveries = st.lists(
    st.tuples(st.sampled_from(SENDERS), st.sampled_from(("01", "02"))), min_size=1, max_size=6
)


def _counted(sent: list[tuple[str, str]], prefer: tuple[str, ...], last: int) -> dict[str, int]:
    """For each commune the number of the delivery that counts among the first `last`."""
    out: dict[str, int] = {}
    for n, (sender, commune) in enumerate(sent[:last]):
        rank = prefer.index(sender) if sender in prefer else len(prefer)
        held = out.get(commune)
        if held is not None:
            other = sent[held][0]
            if rank > (prefer.index(other) if other in prefer else len(prefer)):
                continue
        out[commune] = n
    return out


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=_deliveries,
    prefer=st.lists(st.sampled_from(SENDERS), unique=True, max_size=3),
    last=st.integers(1, 6),
)
def test_lake_counts_the_row_of_the_most_preferred_sender_now_and_then(
    sent: list[tuple[str, str]], prefer: list[str], last: int
) -> None:
    contract = dataset(prefer=tuple(prefer))
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake", HeldClock(START + timedelta(days=900)))
        for n, (sender, commune) in enumerate(sent):
            one = replace(receipt(str(n), n), sender=sender)
            lake.commit([Entry(one, contract, judged([(commune, "2026-01", n)]))])
        rows = 'SELECT commune, amount FROM "figures"'
        views = {"figures": contract}
        now = dict(lake.query(rows, views).iter_rows())
        assert now == _counted(sent, tuple(prefer), len(sent))
        then = START + timedelta(hours=last - 1, minutes=30)
        assert dict(lake.query(rows, views, as_of=then).iter_rows()) == _counted(sent, tuple(prefer), last)
        lake.retain(400)  # what nobody can see any more goes; what a preference keeps does not
        assert dict(lake.query(rows, views).iter_rows()) == now
        last_said = {(sender, commune): n for n, (sender, commune) in enumerate(sent)}
        several = [c for c in ("01", "02") if len({s for s, to in sent if to == c}) > 1]
        offered = lake.offered(contract)
        found = {(r["_sender"], r["commune"]): r["amount"] for r in offered.iter_rows(named=True)}
        assert found == {who: n for who, n in last_said.items() if who[1] in several}
