"""ARIMA by regression: a seasonal ARIMA in a few thousandths of a second.

Differences by the test of Kwiatkowski, Phillips, Schmidt & Shin (1992), J. Econometrics 54, as in Hyndman &
Khandakar (2008), JSS 27(3); orders by AICc among the regressions of Hannan & Rissanen (1982), Biometrika
69(1), on lags of the series and of the residuals of a long autoregression; the chosen one is then brought
to the least conditional sum of squares by Gauss–Newton steps. Lags are additive, not multiplied out.
"""

from __future__ import annotations

import warnings
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Lags = tuple[int, ...]
_KPSS = 0.463  # 5 %, level
_STEPS = 12


def arima(y: Array, seasons: tuple[int, ...], horizon: int, lag: int) -> tuple[Array, float]:
    """Forecast (horizon,) of `y` (n ≥ 10,) and the mean absolute one-step miss.

    `seasons` are the lags at which the model may remember, `lag` the seasonal difference taken (0: none).
    Raises ValueError where the past is too short for any model.
    """
    chain = [y]
    if lag:
        chain.append(y[lag:] - y[:-lag])
    most = 2 if not lag and not seasons else 1
    times = 0
    while times < most and len(chain[-1]) > 8 and not _steady(chain[-1]):
        chain.append(np.diff(chain[-1]))
        times += 1
    work = chain[-1]
    size = float(np.std(work))
    if size == 0:
        ahead, inner = np.full(horizon, float(np.mean(work))), 0.0
    else:
        ahead, inner = _arma(work / size, seasons, horizon, constant=times + bool(lag) <= 1)
        ahead, inner = ahead * size, inner * size
    for back in range(len(chain) - 2, -1, -1):
        if lag and back == 0:
            whole = np.concatenate((chain[0], np.zeros(horizon)))
            for at in range(horizon):
                whole[len(y) + at] = ahead[at] + whole[len(y) + at - lag]
            ahead = whole[len(y) :]
        else:
            ahead = chain[back][-1] + np.cumsum(ahead)
    return ahead, inner


def _steady(work: Array) -> bool:
    """KPSS does not reject a steady level."""
    rest = work - np.mean(work)
    n = len(rest)
    sums = np.cumsum(rest)
    width = min(int(3 * np.sqrt(n) / 13), n - 1)
    long = float(rest @ rest) / n
    for k in range(1, width + 1):
        long += 2 / n * (1 - k / (width + 1)) * float(rest[k:] @ rest[:-k])
    return long <= 0 or float(sums @ sums) / n**2 / long < _KPSS


def _lagged(series: Array, lags: Lags, start: int) -> Array:
    return np.column_stack([series[start - k : len(series) - k] for k in lags]) if lags else np.empty(
        (len(series) - start, 0))  # fmt: skip


def _least(matrix: Array, target: Array) -> Array:
    gram = matrix.T @ matrix
    gram[np.diag_indices_from(gram)] += 1e-9 * np.trace(gram) / len(gram) + 1e-300
    return np.asarray(np.linalg.solve(gram, matrix.T @ target))


def _arma(w: Array, seasons: tuple[int, ...], horizon: int, constant: bool) -> tuple[Array, float]:
    n = len(w)
    seasons = tuple(m for m in seasons if n >= 3 * m + 8)
    near = tuple(range(1, min(max(seasons[:1], default=1) + 1, 26, n // 4) + 1))
    wide = tuple(sorted({*near, *(m + k for m in seasons for k in (-1, 0, 1))})) or (1,)
    top = wide[-1]
    if n - top < len(wide) + 5:
        raise ValueError("too short")
    matrix = np.column_stack((np.ones(n - top), _lagged(w, wide, top)))
    found = _least(matrix, w[top:])
    surprise = np.concatenate((np.zeros(top), w[top:] - matrix @ found))
    order = _chosen(w, surprise, seasons, constant)
    return _refined(w, *order, horizon=horizon, constant=constant)


def _chosen(w: Array, surprise: Array, seasons: tuple[int, ...], constant: bool) -> tuple[Lags, Lags]:
    """Lags of the series and of the surprises, by AICc."""
    n = len(w)
    few = 3 if n >= 30 else 2 if n >= 16 else 1
    last = min((max(seasons) + 1) if seasons else few, n // 3)
    pool = tuple(sorted({*range(1, few + 1), *(m + k for m in seasons for k in (0, 1) if m + k <= last)}))
    start = min(2 * last, n // 3)
    columns = np.column_stack((np.ones(n - start), _lagged(w, pool, start), _lagged(surprise, pool, start)))
    target = w[start:]
    gram, moment, total = columns.T @ columns, columns.T @ target, float(target @ target)
    gram[np.diag_indices_from(gram)] += 1e-8 * np.trace(gram) / len(gram)
    count = len(target)
    distant = [()] + [tuple(m for m in seasons[:k]) for k in range(1, len(seasons) + 1)]
    best, order = np.inf, ((), ())
    for p, q, far, slow in product(range(few + 1), range(few + 1), distant, distant):
        if p + q > 4:
            continue
        ar = tuple(sorted({*range(1, p + 1), *(m for m in far if m in pool)}))
        ma = {*range(1, q + 1), *(m for m in slow if m in pool)}
        ma |= {m + 1 for m in slow if q and m + 1 in pool}
        some = [0] * constant + [1 + pool.index(k) for k in ar]
        some += [1 + len(pool) + pool.index(k) for k in sorted(ma)]
        size = len(some) + 1
        if count - size - 2 <= 0:
            continue
        pick = np.ix_(some, some)
        rest = total - float(moment[some] @ np.linalg.solve(gram[pick], moment[some])) if some else total
        score = count * np.log(max(rest, 1e-12 * total) / count) + 2 * size * count / (count - size - 1)
        if score < best - 1e-9:
            best, order = score, (ar, tuple(sorted(ma)))
    return order


def _refined(w: Array, ar: Lags, ma: Lags, *, horizon: int, constant: bool) -> tuple[Array, float]:
    """Gauss–Newton on the conditional sum of squares from 0, with halved steps; then the way ahead."""
    from scipy.signal import lfilter

    mean = float(np.mean(w)) if constant else 0.0
    x = w - mean
    n = len(x)

    def line(values: Array, lags: Lags) -> Array:
        out = np.zeros(max(lags, default=0) + 1)
        out[0] = 1.0
        out[list(lags)] = values
        return out

    def misses(both: Array) -> Array:
        top, bottom = line(-both[: len(ar)], ar), line(both[len(ar) :], ma)
        return np.asarray(lfilter(top, bottom, x))

    def shifted(values: Array, k: int) -> Array:
        return np.concatenate((np.zeros(k), values[:-k]))

    both = np.zeros(len(ar) + len(ma))
    skip = max(ar, default=0)
    error = misses(both)
    loss = float(error[skip:] @ error[skip:])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for _ in range(_STEPS if len(both) else 0):
            bottom = line(both[len(ar) :], ma)
            slopes = [lfilter([1.0], bottom, -shifted(x, k)) for k in ar]
            slopes += [lfilter([1.0], bottom, -shifted(error, k)) for k in ma]
            matrix = np.column_stack(slopes)[skip:]
            move = _least(matrix, -error[skip:])
            share, better = 1.0, False
            while share > 0.05:
                tried = both + share * move
                new = misses(tried)
                value = float(new[skip:] @ new[skip:])
                if (
                    np.isfinite(value) and value < loss * (1 - 1e-6)
                    and _fades(line(tried[len(ar) :], ma)) and _fades(line(-tried[: len(ar)], ar))
                ):  # fmt: skip
                    better = True
                    break
                share /= 2
            if not better:
                break
            gain, both, error, loss = 1 - value / loss, tried, new, value
            if gain < 1e-4:
                break
    whole = np.concatenate((x, np.zeros(horizon)))
    rest = np.concatenate((error, np.zeros(horizon)))
    for at in range(n, n + horizon):
        whole[at] = sum(both[i] * whole[at - k] for i, k in enumerate(ar)) + sum(
            both[len(ar) + j] * rest[at - k] for j, k in enumerate(ma))  # fmt: skip
    return whole[n:] + mean, float(np.mean(np.abs(error[skip:])))


def _fades(polynomial: Array) -> bool:
    """Whether what the inverse of a lag polynomial remembers dies away."""
    from scipy.signal import lfilter

    degree = len(polynomial) - 1
    if degree == 0:
        return True
    pulse = np.zeros(12 * degree + 40)
    pulse[0] = 1.0
    echo = np.abs(np.asarray(lfilter([1.0], polynomial, pulse)))
    third = len(echo) // 3
    return bool(np.isfinite(echo).all() and echo[-third:].max() < 0.98 * max(echo[:third].max(), 1.0))
