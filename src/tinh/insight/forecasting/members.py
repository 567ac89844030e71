"""The single methods that are combined, each a function of the past alone.

Dynamic optimised theta: Fiorucci et al. (2016), IJF 32(4). ETS: Hyndman, Koehler, Snyder, Grose (2002),
IJF 18(3). CES: Svetunkov, Kourentzes, Ord (2022), Naval Research Logistics 69(8). All three as in
statsforecast. AR: least squares on differences, order by AICc (Hurvich & Tsai 1989, Biometrika 76).
MSTL: Bandara, Hyndman, Bergmeir (2021), arXiv 2107.13462. Combining them by mean or median:
Petropoulos & Svetunkov (2020), IJF 36(1).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.arima import arima

Array = NDArray[np.float64]
_LONGEST = {1: 700, 4: 400, 5: 420, 7: 420, 12: 252}
_FAINT = 0.04  # share of the season in the steps below which ETS takes none: better when tuning, and quicker


@dataclass(frozen=True, slots=True)
class Guess:
    """What one method says of the future (horizon,), and its mean absolute one-step miss in the past."""

    mean: Array
    inner: float


def guesses(y: Array, seasons: tuple[int, ...], horizon: int, form: str = "") -> tuple[
    dict[str, Guess], str
]:  # fmt: skip
    """Every member's guess for `y` (n ≥ 3,), by name, and the form of ETS that was chosen.

    `form` (such as `MAA`) fixes the error, the trend but for its damping, and the season of ETS: what a
    longer past of the same series chose. Members that fail or run away are left out; `naive` and `snaive`
    always stand.
    """
    y = recent(y, seasons)
    season = next((m for m in seasons if len(y) >= 2 * m + 2), 1)
    if sporadic(y, seasons):
        return {name: floored(one, y) for name, one in _sparse(y, season, horizon).items()}, ""
    out = {"naive": naive(y, horizon)}
    if season > 1:
        out["snaive"] = seasonal_naive(y, season, horizon)
    chosen = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if len(y) < 6:
            out["growth"] = damped_growth(y, horizon)
        elif season >= 24:
            _decomposed(out, y, [m for m in seasons if len(y) >= 2 * m + 2], horizon)
        else:
            _try(out, "theta", lambda: _model("DynamicOptimizedTheta", y, horizon, season_length=season))
            chosen = _ets(out, y, season, horizon, form)
            if len(y) >= 8:
                _try(out, "ces", lambda: _model("AutoCES", y, horizon, season_length=season))
            if len(y) >= 12:
                _try(out, "ar", lambda: autoregression(y, season, horizon))
        if len(y) >= 10:
            longer = [m for m in seasons if m > season and len(y) >= 3 * m + 8] if season >= 24 else []
            memory = (season, *longer[-1:]) if season > 1 else ()
            _try(out, "arima", lambda: _arima(y, memory, season, horizon))
            if longer:
                _try(out, "arima-long", lambda: _arima(y, (season,), longer[-1], horizon))
    kept = {name: floored(one, y) for name, one in out.items() if _sane(one, y)}
    return {name: stilled(one, y, season) for name, one in kept.items()}, chosen


def floored(guess: Guess, y: Array) -> Guess:
    """A series that was never negative is not expected to be; one never near 0, not to come near at once."""
    low = float(np.min(y))
    return Guess(np.maximum(guess.mean, 0.25 * low), guess.inner) if low >= 0 else guess


def stilled(guess: Guess, y: Array, season: int) -> Guess:
    """A series that moved and then stopped is drawn to where it stands: by (k - 1) / (k + 1) after k same
    values, when they are three at least and more than half a season."""
    same = len(y) - int(np.max(np.flatnonzero(y != y[-1]), initial=-1)) - 1
    if same < max(3, season // 2 + 1):
        return guess
    share = (same - 1) / (same + 1)
    return Guess(share * y[-1] + (1 - share) * guess.mean, guess.inner)


def sporadic(y: Array, seasons: tuple[int, ...] = ()) -> bool:
    """Counts with many empty periods: a third or more of the values are 0, none is below, and it is not
    the season that says when (closed nights, closed Sundays)."""
    empty = y == 0
    if float(np.min(y)) < 0 or float(np.mean(empty)) < 1 / 3:
        return False
    for season in (m for m in seasons if len(y) >= 4 * m):
        phase = np.arange(len(y)) % season
        share = np.bincount(phase, empty, season) / np.bincount(phase, minlength=season)
        if float(np.var(share[phase])) > 0.5 * float(np.var(empty)) > 0:
            return False
    return True


def _sparse(y: Array, season: int, horizon: int) -> dict[str, Guess]:
    """Members for intermittent series: the mean, and chance and size of events smoothed apart.

    Teunter, Syntetos, Babai (2011), EJOR 214(3), with constants 0.05, 0.1 and 0.2 for both.
    """
    out = {"mean": Guess(np.full(horizon, float(np.mean(y))), float(np.mean(np.abs(y - np.mean(y)))))}
    for name, pace in (("tsb-slow", 0.05), ("tsb", 0.1), ("tsb-fast", 0.2)):
        chance, size = float(np.mean(y > 0)), float(np.mean(y[y > 0]))
        miss = []
        for value in y:
            miss.append(abs(value - chance * size))
            chance += pace * (float(value > 0) - chance)
            size += pace * (value - size) if value > 0 else 0.0
        out[name] = Guess(np.full(horizon, chance * size), float(np.mean(miss)))
    if season > 1 and len(y) >= 4 * season:
        at = np.arange(len(y)) % season
        wave = np.array([float(np.mean(y[at == phase])) for phase in range(season)])
        ahead = wave[np.arange(len(y), len(y) + horizon) % season]
        out["seasonal-mean"] = Guess(ahead, float(np.mean(np.abs(y - wave[at]))))
    return out


def recent(y: Array, seasons: tuple[int, ...]) -> Array:
    """The part of the past that methods look at: enough to learn from, bounded in cost."""
    season = seasons[0] if seasons else 1
    longest = _LONGEST.get(season, max(700, 6 * max(seasons, default=1)))
    return y[-longest:]


def _try(out: dict[str, Guess], name: str, make: Callable[[], Guess]) -> None:
    """A member that cannot be fitted is a member fewer; the others carry on."""
    try:
        out[name] = make()
    except Exception:  # third-party optimisers fail in many ways, each harmless here
        return


def _sane(guess: Guess, y: Array) -> bool:
    spread = float(np.max(y) - np.min(y))
    low, high = float(np.min(y)) - 5 * spread, float(np.max(y)) + 5 * spread
    return bool(np.isfinite(guess.mean).all() and guess.mean.min() >= low and guess.mean.max() <= high)


def _model(name: str, y: Array, horizon: int, **options: Any) -> Guess:
    from statsforecast import models

    fit = getattr(models, name)(**options).forecast(y=y, h=horizon, fitted=True)
    return Guess(np.asarray(fit["mean"], dtype=np.float64), _inner(y, fit["fitted"]))


def _inner(y: Array, fitted: Any) -> float:
    miss = np.abs(y - np.asarray(fitted, dtype=np.float64))[2:]
    miss = miss[np.isfinite(miss)]
    return float(np.mean(miss)) if len(miss) else float("nan")


def _ets(out: dict[str, Guess], y: Array, season: int, horizon: int, form: str) -> str:
    """ETS by AICc: error and season first, under a damped trend, then the trend. Given a `form` only its
    trend and the damped one are tried. A season is not tried where it explains next to nothing."""
    from statsforecast import models

    def fitted(model: str, damped: bool | None) -> Any:
        return models.AutoETS(season_length=season, model=model, damped=damped).fit(y)

    try:
        if season == 1:
            best = fitted("ZZZ", None)
        elif form:
            best = min(fitted(form, False), fitted(f"{form[0]}A{form[2]}", True), key=_aicc)
        else:
            none = seasonal_share(y, season) < _FAINT
            first = fitted("ZAN" if none else "ZAZ", True)
            seen = str(first.model_["components"])
            best = min(
                first, fitted(f"{seen[0]}N{seen[2]}", False), fitted(f"{seen[0]}A{seen[2]}", False), key=_aicc
            )
            form = str(best.model_["components"])[:3]
        out["ets"] = Guess(np.asarray(best.predict(h=horizon)["mean"]), _inner(y, best.model_["fitted"]))
    except Exception:  # the same series may still be forecast by the other members
        return ""
    return form


def _aicc(made: Any) -> float:
    found = float(made.model_["aicc"])
    return found if np.isfinite(found) else float("inf")


def naive(y: Array, horizon: int) -> Guess:
    return Guess(np.full(horizon, y[-1]), float(np.mean(np.abs(np.diff(y)))))


def seasonal_naive(y: Array, season: int, horizon: int) -> Guess:
    again = np.resize(y[-season:], horizon)
    return Guess(np.asarray(again, dtype=np.float64), float(np.mean(np.abs(y[season:] - y[:-season]))))


def damped_growth(y: Array, horizon: int) -> Guess:
    """The last value and half of the mean step so far, damped by 0.85 a step: for three to five points."""
    slope = (y[-1] - y[0]) / (len(y) - 1)
    ahead = np.cumsum(0.85 ** np.arange(1, horizon + 1))
    steps = np.diff(y)
    return Guess(y[-1] + 0.5 * slope * ahead, float(np.mean(np.abs(steps - 0.5 * slope))))


def autoregression(y: Array, season: int, horizon: int) -> Guess:
    """AR on (seasonal) differences with a mean, lags up to a season and one, order by AICc.

    The seasonal difference is taken where the season explains more than a tenth of the differences.
    """
    lag = season if season > 1 and len(y) >= 3 * season + 8 and seasonal_share(y, season) > 0.1 else 0
    work = y[lag:] - y[:-lag] if lag else y
    rough = float(np.std(np.diff(work))) < float(np.std(work))
    steps = np.diff(work) if rough else work
    top = min(len(steps) // 4, max(season + 1, 4) if lag else 6, 30)
    best, coefficients = np.inf, np.array([float(np.mean(steps))])
    if top >= 1:
        columns = [np.ones(len(steps) - top)] + [steps[top - k : len(steps) - k] for k in range(1, top + 1)]
        matrix, target = np.column_stack(columns), steps[top:]
        gram, moment, total = matrix.T @ matrix, matrix.T @ target, float(target @ target)
        gram[np.diag_indices_from(gram)] += 1e-9 * np.trace(gram) / len(gram) + 1e-300
        for order in range(top + 1):
            size, count = order + 1, len(target)
            if count - size - 2 <= 0:
                break
            found = np.linalg.solve(gram[:size, :size], moment[:size])
            rest = max(total - float(found @ moment[:size]), 1e-300)
            score = count * np.log(rest / count) + 2 * size + 2 * size * (size + 1) / (count - size - 1)
            if score < best - 1e-9:
                best, coefficients = score, found
    order = len(coefficients) - 1
    line = list(steps)
    for _ in range(horizon):
        past = line[-1 : -order - 1 : -1] if order else []
        line.append(float(coefficients[0] + np.dot(coefficients[1:], past)))
    inner = [abs(line[t] - coefficients[0] - np.dot(coefficients[1:], line[t - order : t][::-1]))
             for t in range(order, len(steps))]  # fmt: skip
    ahead = np.array(line[len(steps) :])
    if rough:
        ahead = work[-1] + np.cumsum(ahead)
    if lag:
        whole = list(y)
        for step in ahead:
            whole.append(whole[-lag] + step)
        ahead = np.array(whole[len(y) :])
    return Guess(ahead, float(np.mean(inner)))


def _arima(y: Array, memory: tuple[int, ...], season: int, horizon: int) -> Guess:
    """ARIMA that remembers the lags `memory`; the difference over `season` is taken where the season
    explains more than a tenth of the differences."""
    lag = season if season > 1 and len(y) >= 3 * season + 8 and seasonal_share(y, season) > 0.1 else 0
    return Guess(*arima(y, memory, horizon, lag))


def seasonal_share(y: Array, season: int) -> float:
    """Share of the variance of the steps that repeats with the season, freed of what chance gives, 0–1."""
    steps = np.diff(y)
    whole = steps[len(steps) % season :].reshape(-1, season)
    if len(whole) < 2:
        return 0.0
    total = float(np.var(whole))
    chance = total / len(whole)
    return max(0.0, (float(np.var(whole.mean(axis=0))) - chance) / total) if total > 0 else 0.0


def _decomposed(out: dict[str, Guess], y: Array, periods: list[int], horizon: int) -> None:
    """Long seasons: the seasons by MSTL and repeated, the rest by the plain methods."""
    from statsforecast.mstl import mstl

    season = periods[0]
    if len(periods) > 1:
        out["snaive2"] = seasonal_naive(y, periods[-1], horizon)
    _try(out, "theta", lambda: _model("DynamicOptimizedTheta", y, horizon, season_length=season))
    _try(
        out,
        "ar",
        lambda: autoregression(y, periods[-1] if len(y) >= 3 * periods[-1] + 8 else season, horizon),
    )
    try:
        parts = mstl(x=y, period=list(periods))
    except Exception:  # too short for this many seasons
        return
    waves = parts.filter(like="seasonal")
    adjusted = y - waves.sum(axis=1).to_numpy()
    future = np.zeros(horizon)
    for name in waves.columns:
        length = periods[0] if name == "seasonal" else int(name.removeprefix("seasonal"))
        future += np.resize(waves[name].to_numpy()[-length:], horizon)
    for name, make in (
        ("stl-ets", lambda: _model("AutoETS", adjusted, horizon, season_length=1, damped=True)),
        ("stl-theta", lambda: _model("DynamicOptimizedTheta", adjusted, horizon, season_length=1)),
        ("stl-ar", lambda: autoregression(adjusted, 1, horizon)),
    ):
        _try(out, name, make)
        if name in out:
            out[name] = Guess(out[name].mean + future, out[name].inner)
    if season <= 48 and len(y) >= 4 * season:
        _try(out, "ces", lambda: _model("AutoCES", y, horizon, season_length=season))
