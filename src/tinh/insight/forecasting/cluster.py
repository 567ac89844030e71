"""The same study of the same series on a Spark Connect engine (Sail, or Apache Spark), one row a look.

The workers need this package and `pyspark-client` installed (`pip install tinh[cluster]`); the function they
run is `study` itself. Only the study goes there: blending and calibrating like series together is light.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.errors import NoEngine
from tinh.insight.forecasting.study import Look, Study, study
from tinh.insight.forecasting.workers import beside

Array = NDArray[np.float64]
Job = tuple[Array, tuple[int, ...], int]
_BATCH = 20_000
_SERIES_A_PART = 25
_SENT = "number bigint, y array<double>, seasons array<bigint>, horizon bigint"
_BACK = (
    "number bigint, turn bigint, names array<string>, means array<double>, actual array<double>,"
    " past bigint, reach array<double>, `inner` double, late double, unit double, `last` double, level double"
)


def studied_on(engine: str, jobs: Sequence[Job], told: Callable[[int, int], None]) -> list[Study]:
    """`study` of each (y, seasons, horizon) on `engine` (sc://host:port), in order. Raises NoEngine."""
    try:
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        raise NoEngine(engine=engine, reason=str(error)) from error
    found: list[Study] = []
    try:
        _answers(engine)
        session = SparkSession.builder.remote(engine).create()
        try:
            for start in range(0, len(jobs), _BATCH):
                found += _batch(session, jobs[start : start + _BATCH])
                told(len(found), len(jobs))
        finally:
            session.stop()
    except Exception as error:  # a server speaks through many kinds of errors
        raise NoEngine(engine=engine, reason=str(error).splitlines()[0][:200]) from error
    return found


def _answers(engine: str) -> None:
    """OSError when nobody listens there: the client itself would try for minutes."""
    address = urlsplit(engine)
    with socket.create_connection((address.hostname or "localhost", address.port or 15002), timeout=10):
        return


def _batch(session: Any, jobs: Sequence[Job]) -> list[Study]:
    import pandas as pd

    rows = [(n, y.tolist(), list(seasons), horizon) for n, (y, seasons, horizon) in enumerate(jobs)]
    frame = pd.DataFrame(rows, columns=["number", "y", "seasons", "horizon"])
    parts = max(2, -(-len(jobs) // _SERIES_A_PART))
    sent = session.createDataFrame(frame, schema=_SENT).repartition(parts)
    back = sent.mapInPandas(_looks, _BACK).toPandas()
    looks: list[dict[int, Look]] = [{} for _ in jobs]
    for row in back.itertuples(index=False):
        means = np.asarray(row.means, dtype=np.float64).reshape(len(row.names), -1)
        looks[row.number][row.turn] = Look(
            tuple(row.names), means, np.asarray(row.actual, dtype=np.float64), int(row.past),
            np.asarray(row.reach, dtype=np.float64), float(row.inner), float(row.late), float(row.unit),
            float(row.last), float(row.level),
        )  # fmt: skip
    return [Study(one[0], tuple(one[turn] for turn in sorted(one) if turn)) for one in looks]


def _looks(frames: Iterator[Any]) -> Iterator[Any]:
    """What a worker runs: series in, one row for each look."""
    import pandas as pd

    names = ["number", "turn", "names", "means", "actual", "past", "reach", "inner", "late", "unit",
             "last", "level"]  # fmt: skip
    with beside() as studying:
        for frame in frames:
            rows = []
            jobs = [
                (np.asarray(job.y, dtype=np.float64), tuple(int(m) for m in job.seasons), int(job.horizon))
                for job in frame.itertuples(index=False)
            ]
            for number, found in zip(frame["number"], studying(study_one, jobs), strict=True):
                for turn, look in enumerate((found.now, *found.before)):
                    rows.append((
                        number, turn, list(look.names), look.means.ravel().tolist(),
                        look.actual.tolist(), look.past, look.reach.tolist(), look.inner, look.late,
                        look.unit, look.last, look.level,
                    ))  # fmt: skip
            yield pd.DataFrame(rows, columns=names)


def study_one(job: Job) -> Study:
    """`study` of one job, as a process beside a worker takes it."""
    return study(*job)
