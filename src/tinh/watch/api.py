"""Watch: values + alert rules → alerts. Pure and replayable; sends nothing.

In: a catalogue's alert rules, a value frame, the moment. Out: `Alert`s with a sentence in
both languages. Refuses: sending, remembering, deciding who acts.

A rule fails at a period above `above` or below `below`. After `pending` failing periods in a
row it fires; it rests only at or beyond `clear_at`. Periods without a value change nothing.
`silent_after` the newest value's period, the rule is silent; a firing rule keeps firing.
`history` gives the state after every period: evaluating any prefix gives the same start.
"""

from __future__ import annotations

from tinh.watch.alerts import Alert, watch_all
from tinh.watch.errors import BadDuration, WatchError
from tinh.watch.rules import State, Status, evaluate, history

__all__ = ["Alert", "BadDuration", "State", "Status", "WatchError", "evaluate", "history", "watch_all"]
