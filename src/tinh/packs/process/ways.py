"""Which step stands before which on every way: dominators of a drawing, quickly for the largest ones too.

Source: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


def behind(start: str, after: Mapping[str, set[str]]) -> Callable[[str, str], bool]:
    """Whether every way from `start` to the first step goes through the second (or is it)."""
    order = _order(start, after)
    rank = {id: n for n, id in enumerate(order)}
    before: dict[str, list[str]] = {id: [] for id in order}
    for id in order:
        for target in after[id]:
            before[target].append(id)
    above = {start: start}
    changed = True
    while changed:
        changed = False
        for id in order[1:]:
            known = [b for b in before[id] if b in above]
            one = known[0]
            for other in known[1:]:
                one = _common(one, other, above, rank)
            if above.get(id) != one:
                above[id], changed = one, True
    spans = _spans(start, above)

    def answer(step: str, gate: str) -> bool:
        if step not in spans or gate not in spans:
            return False
        (low, high), (here, _) = spans[gate], spans[step]
        return low <= here <= high

    return answer


def _common(one: str, other: str, above: Mapping[str, str], rank: Mapping[str, int]) -> str:
    while one != other:
        while rank[one] > rank[other]:
            one = above[one]
        while rank[other] > rank[one]:
            other = above[other]
    return one


def _order(start: str, after: Mapping[str, set[str]]) -> list[str]:
    """Reverse post-order of what `start` reaches."""
    seen, out = {start}, []
    waiting = [(start, iter(sorted(after[start])))]
    while waiting:
        here, rest = waiting[-1]
        step = next((s for s in rest if s not in seen), None)
        if step is None:
            out.append(here)
            waiting.pop()
        else:
            seen.add(step)
            waiting.append((step, iter(sorted(after[step]))))
    return out[::-1]


def _spans(start: str, above: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """For each step the numbers of those behind it, itself first, in one walk over the tree."""
    below: dict[str, list[str]] = {}
    for id, one in above.items():
        if id != start:
            below.setdefault(one, []).append(id)
    first: dict[str, int] = {}
    out: dict[str, tuple[int, int]] = {}
    waiting = [(start, False)]
    while waiting:
        here, done = waiting.pop()
        if done:
            out[here] = (first[here], len(first) - 1)
            continue
        first[here] = len(first)
        waiting.append((here, True))
        waiting.extend((id, False) for id in below.get(here, ()))
    return out
