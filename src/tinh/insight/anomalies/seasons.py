"""Seasons of series: which lengths repeat, and what each does to each point.

A season's profile is the median over its cycles of what is left beside the trend, as in the robust variants
of STL (Cleveland et al. 1990) and, for several seasons, MSTL (Bandara, Hyndman and Bergmeir 2021), with
medians for loess. A profile that the noise of its cycles explains is drawn towards zero (James–Stein), so
no season costs nothing.
"""

from __future__ import annotations

import numpy as np

from tinh.insight.anomalies.networks import middle
from tinh.insight.anomalies.rolling import Flags, Floats, centred, medians, quantiles, spread

CYCLES = 3  # of a season before it can be told
_AGAIN = 2
_BETTER, _MUCH = 0.75, 0.6  # of what a fixed profile leaves: the longest season drifts sooner than the others
_DRIFT = 9  # cycles over which a profile may change
_DAY, _WEEK = 86400, 7 * 86400
_DAYS = (24, 48, 96, 144, 288, 1440)  # points a day where the clock does not say


def calendar(clock: str, step: int) -> tuple[int, ...]:
    """The seasons a calendar suggests for a step, in points: hourly 24 and 168, daily 7, monthly 12."""
    if clock == "months":
        return (12 // step,) if 12 % step == 0 and step < 12 else ()
    if clock != "seconds":
        return ()
    if step == _WEEK:
        return (52,)
    return tuple(span // step for span in (_DAY, _WEEK) if span % step == 0 and span // step > 1)


def found(y: Floats, known: Flags, longest: int) -> list[tuple[int, ...]]:
    """For each row the seasons its autocorrelation shows, shortest first, two at most."""
    s, n = y.shape
    if n < 4 * CYCLES:
        return [()] * s
    out: list[list[int]] = [[] for _ in range(s)]
    scale = np.maximum(spread(y, known), 1e-12)
    level = centred(y, max(9, n // 3))
    rest = np.clip(y - level, -3 * scale, 3 * scale)
    active = np.arange(s)
    for _ in range(2):
        lags = _leading(rest, longest, [max(out[row], default=0) for row in active])
        going = []
        for k, row in enumerate(active):
            lag = int(lags[k])
            if lag:
                out[row].append(lag)
                going.append(k)
        if not going:
            break
        rest, active = rest[going], active[going]
        chosen = lags[going]
        for lag in np.unique(chosen):
            at = np.flatnonzero(chosen == lag)
            rest[at] -= profile(rest[at], np.ones_like(rest[at], dtype=bool), int(lag))
    return [_completed(sorted(lags), n) for lags in out]


def _completed(lags: list[int], n: int) -> tuple[int, ...]:
    """A day brings its week along, and a week its day: what is not there will weigh nothing."""
    for day in _DAYS:
        week = 7 * day
        if any(abs(lag - day) <= day // 50 for lag in lags) and n >= CYCLES * week:
            lags = [day, week, *(lag for lag in lags if lag < day // 2)]
        elif week in lags and day not in lags and day > 7:
            lags = [day, *lags]
    return tuple(sorted(set(lags)))


def _leading(x: Floats, longest: int, beyond: list[int]) -> np.ndarray:
    """The lag of each row's first strong peak of autocorrelation beyond twice a lag."""
    s, n = x.shape
    x = x - x.mean(axis=1, keepdims=True)
    size = 1 << (2 * n - 1).bit_length()
    power = np.abs(np.fft.rfft(x, size, axis=1)) ** 2
    acf = np.fft.irfft(power, size, axis=1)[:, : min(n // CYCLES, longest) + 2]
    weight = n / np.maximum(n - np.arange(acf.shape[1]), 1)
    acf = acf * weight / np.maximum(acf[:, :1], 1e-300)
    out = np.zeros(s, dtype=np.int64)
    if acf.shape[1] < 5:
        return out
    inner = acf[:, 2:-1]
    peak = (inner >= acf[:, 1:-2]) & (inner > acf[:, 3:])
    floor = np.maximum(0.25, 4 / np.sqrt(n))
    # a peak must stand above a valley before it: slow wandering has none
    valley = np.minimum.accumulate(acf[:, 1:-2], axis=1)
    strong = np.where(peak & (inner > floor) & (inner - valley > 0.3), inner, -1.0)
    for i, lag in enumerate(beyond):
        if lag:
            strong[i, : max(0, 2 * lag - 2)] = -1.0
    best = strong.max(axis=1)
    for i in np.flatnonzero(best > 0).tolist():
        first = int(np.argmax(strong[i] >= 0.88 * best[i])) + 2
        out[i] = first
    return out


def profile(rest: Floats, known: Flags, m: int, drifts: float = _BETTER) -> Floats:
    """What a season of `m` points does to each point of `rest`, as long as `rest`; zero with too few
    cycles. It changes over time where that leaves less than `drifts` of what a fixed one leaves."""
    s, n = rest.shape
    k = n // m
    if k < CYCLES:
        return np.zeros_like(rest)
    lead = -n % m
    cycles = np.concatenate([np.full((s, lead), np.nan), np.where(known, rest, np.nan)], axis=1)
    cycles = cycles.reshape(s, -1, m)
    whole = medians(cycles)
    whole = whole - whole.mean(axis=1, keepdims=True)
    if m >= 200:
        whole = _smoothed(whole, max(1, m // 144))
    away = np.abs(rest - _spread_out(whole, cycles.shape[1], lead))
    noise = 1.4826 * quantiles(away, known, [0.5])[0]
    doubt = 1.57 * noise**2 / k
    power = np.maximum(np.var(whole, axis=1, keepdims=True) - doubt, 0)
    share = power / np.maximum(power + doubt, 1e-300)
    fixed = _spread_out(whole * share, cycles.shape[1], lead)
    if drifts <= 0 or k < _DRIFT + 3 or m < 4:
        return fixed
    drifting = _drifting(cycles, whole, lead)
    a = quantiles(np.abs(rest - fixed), known, [0.5])[0]
    b = quantiles(np.abs(rest - drifting), known, [0.5])[0]
    return np.where(b < drifts * a, drifting, fixed)


def _spread_out(profile: Floats, cycles: int, lead: int) -> Floats:
    return np.tile(profile, (1, cycles))[:, lead:]


def _smoothed(profile: Floats, half: int) -> Floats:
    around = np.concatenate([profile[:, -half:], profile, profile[:, :half]], axis=1)
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    return np.stack([np.convolve(row, kernel, mode="valid") for row in around])


def _drifting(cycles: Floats, whole: Floats, lead: int) -> Floats:
    """The profile as a running median over neighbouring cycles, each cycle's own value among nine."""
    s, k, m = cycles.shape
    filled = np.where(np.isnan(cycles), whole[:, None, :], cycles)
    half = _DRIFT // 2
    long = np.concatenate([filled[:, :half][:, ::-1], filled, filled[:, -half:][:, ::-1]], axis=1)
    out = middle([long[:, at : at + k] for at in range(_DRIFT)])
    return out.reshape(s, k * m)[:, lead:]


def remove(y: Floats, known: Flags, seasons: tuple[int, ...]) -> Floats:
    """The sum of all seasons' profiles, (series, time)."""
    n = y.shape[1]
    usable = [m for m in seasons if n >= CYCLES * m]
    total = np.zeros_like(y)
    if not usable:
        return total
    parts = [np.zeros_like(y) for _ in usable]
    widest = max(usable)
    # A median over a season that leans is bent by it: the slope from season to season goes first.
    slope = np.median(y[:, widest:] - y[:, :-widest], axis=1, keepdims=True) / widest
    y = y - slope * np.arange(n)
    for _ in range(2 if len(usable) > 1 else 1):
        for i, m in enumerate(usable):
            others = total - parts[i]
            rest = y - others
            trend = centred(rest, m | 1, True) if m == widest else centred(rest, 2 * m + 1, True)
            parts[i] = profile(rest - trend, known, m, _BETTER if m == widest else 0.0)
            total = others + parts[i]
    # again from the trend of what is left, now that no season bends it
    for _ in range(_AGAIN if widest >= 20 else 1):
        trend = centred(y - total, max(7, widest | 1), True)
        for i, m in enumerate(usable):
            others = total - parts[i]
            parts[i] = profile(y - others - trend, known, m, _BETTER if m == widest else _MUCH)
            total = others + parts[i]
    return total
