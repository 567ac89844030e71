"""A digest in the words of officials, from `words/{vi,en}.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tinh.channels.reminders import Digest, Duty, Item, State
from tinh.kit.errors import Text
from tinh.kit.periods import grain_of, start
from tinh.kit.yamltree import load

NAMED = 8  # places named in a letter; the others are counted
_ACTS: dict[State, str] = {
    "stopped": "calendar", "overdue": "send", "soon": "send", "held": "mend", "vacant": "people",
}  # fmt: skip
_PATHS = {
    "send": "/du-lieu/gui?bo-du-lieu={dataset}", "mend": "/du-lieu/{dataset}/",
    "calendar": "/du-lieu/lich?bo-du-lieu={dataset}", "people": "/nguoi-dung/",
    "own": "/du-lieu/nhac-viec/cua-toi", "more_time": "/du-lieu/nhac-viec/gia-han",
}  # fmt: skip
_DUTIES: tuple[Duty, ...] = ("officer", "head", "operator", "administrator")


class Names(Protocol):
    """How things are called in letters."""

    def agency(self, id: str, language: str) -> str: ...
    def place(self, code: str, window: str, language: str) -> str: ...


@dataclass(frozen=True)
class Writer:
    """Writes the letters of a province. `address`: where people open the room; empty: nobody said."""

    province: Text
    timezone: str
    names: Names
    address: str = ""

    def letter(self, digest: Digest) -> tuple[str, str]:
        """Subject and body."""
        language = digest.person.language
        return _Letter(self, digest, _words(language), language).written()


@dataclass(frozen=True)
class _Letter:
    writer: Writer
    digest: Digest
    words: Mapping[str, Any]
    language: str

    def written(self) -> tuple[str, str]:
        items = self.digest.items
        parts = [self._opening(items)]
        states = [state for state in _ACTS if any(item.state == state for item in items)]
        for state in states:
            parts.append(self._part(state, [item for item in items if item.state == state]))
        parts.append(self._ending(items))
        summary = ", ".join(self.count(f"summary_{state}", self._counted(state, items)) for state in states)
        subject = self.say("subject", province=self._province, summary=summary)
        return subject, "\n\n".join(parts) + "\n"

    @property
    def _province(self) -> str:
        return self.writer.province.in_("en" if self.language == "en" else "vi")

    def _counted(self, state: State, items: tuple[Item, ...]) -> int:
        return sum(item.state == state for item in items)

    def _opening(self, items: tuple[Item, ...]) -> str:
        agencies = self._agencies(items)
        name = self.digest.person.name
        hail = self.say("greeting", name=name) if name else self.say("greeting_nameless", agency=agencies)
        duty = next(d for d in _DUTIES if any(item.duty == d for item in items))
        return hail + "\n\n" + self.say(f"opening_{duty}", day=self.day(self.digest.day), agency=agencies)

    def _agencies(self, items: tuple[Item, ...]) -> str:
        ids = list(dict.fromkeys(item.matter.agency for item in items))
        first = self.writer.names.agency(ids[0], self.language)
        return first if len(ids) == 1 else self.say("and_agencies", first=first, more=len(ids) - 1)

    def _part(self, state: State, items: list[Item]) -> str:
        lines = [self.say(f"part_{state}")]
        several = len(self.digest.agencies) > 1
        if state == "vacant":
            for item in items:
                agency = self.writer.names.agency(item.matter.agency, self.language)
                lines.append("- " + self.say("vacant", agency=agency, count=item.matter.owed))
            return "\n".join((*lines, "  " + self._act(state, items[0])))
        keyed = sorted(items, key=lambda item: (-item.working_days, item.matter.dataset))
        order = list(dict.fromkeys(item.matter.dataset for item in keyed))
        keyed.sort(key=lambda item: (order.index(item.matter.dataset), item.matter.window))
        for number, (_, group) in enumerate(groupby(keyed, key=lambda item: item.matter.dataset), 1):
            mine = list(group)
            first = mine[0].matter
            name, agency = first.name.in_("en" if self.language == "en" else "vi"), ""
            if several:
                agency = self.writer.names.agency(first.agency, self.language)
            said = self.say("dataset_of" if agency else "dataset", name=name, agency=agency)
            lines.append(f"{number}. {said}")
            lines += [f"   - {self._line(item)}" for item in mine]
            lines.append(f"   {self._act(state, mine[0])}")
        return "\n".join(lines)

    def _line(self, item: Item) -> str:
        one = item.matter
        if item.state == "held":
            return self.say("held", count=self.number(one.held))
        assert one.due is not None
        late = self.count("late_days", item.working_days) if item.working_days else self.say("late_none")
        said = [self.say(item.state, window=self.window(one.window), due=self.due(one.due), late=late)]
        if one.places:
            shown = [self.writer.names.place(p, one.window, self.language) for p in one.places[:NAMED]]
            names = ", ".join(shown)
            if len(one.places) > NAMED:
                names = self.say("places_more", names=names, more=len(one.places) - NAMED)
            said.append(self.say("places", missing=one.missing, owed=one.owed, names=names))
        if one.extended:
            said.append(self.say("extended"))
        if item.state == "stopped" and one.hangs:
            said.append(self.say("hangs", count=one.hangs))
        return " ".join(said)

    def _act(self, state: State, item: Item) -> str:
        act = _ACTS[state] if item.duty in ("officer", "administrator") else "calendar"
        name = item.matter.name.in_("en" if self.language == "en" else "vi")
        return self.say(f"do_{act}", link=self._link(act, dataset=item.matter.dataset, name=name))

    def _ending(self, items: tuple[Item, ...]) -> str:
        out = [self.say("done")] if any(item.state != "vacant" for item in items) else []
        duties = [duty for duty in _DUTIES if any(item.duty == duty for item in items)]
        if "officer" in duties:
            out.append(self.say("more_time", link=self._link("more_time")))
        why = [
            self.say(f"why_{duty}", agency=self._agencies(tuple(i for i in items if i.duty == duty)))
            for duty in duties
        ]
        out.append("-- \n" + "\n".join((self.say("sign", province=self._province), *why)))
        if self.digest.person.account is not None:
            out[-1] += "\n" + self.say("change", link=self._link("own"))
        return "\n\n".join(out)

    def _link(self, act: str, **facts: str) -> str:
        if not self.writer.address:
            return self.say(f"nowhere_{act}", **facts)
        return self.writer.address + _PATHS[act].format(**facts)

    def say(self, key: str, **facts: Any) -> str:
        return str(self.words[key]).format(**facts)

    def count(self, key: str, n: int) -> str:
        forms = self.words[key]
        return str(forms["one" if n == 1 else "many"]).format(n=self.number(n))

    def number(self, n: int) -> str:
        return f"{n:,}" if self.language == "en" else f"{n:,}".replace(",", ".")

    def day(self, day: date) -> str:
        return self.say("day", d=day.day, m=day.month, y=day.year)

    def due(self, moment: datetime) -> str:
        local = moment.astimezone(ZoneInfo(self.writer.timezone))
        if (local.hour, local.minute) == (0, 0):
            return self.say("end_of", day=self.day((local - timedelta(days=1)).date()))
        return self.say("at", time=f"{local:%H:%M}", day=self.day(local.date()))

    def window(self, window: str) -> str:
        at = start(window)
        return self.say(
            f"window_{grain_of(window)}", time=f"{at:%H:%M}", day=self.day(at.date()), month=at.month,
            year=at.year, quarter=(at.month + 2) // 3,
        )  # fmt: skip


@cache
def _words(language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = load(
        Path(__file__).parent / "words" / f"{'en' if language == 'en' else 'vi'}.yaml"
    ).value
    return found
