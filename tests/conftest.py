"""Where the real inputs are, and the promise that CI skips nothing."""

from __future__ import annotations

import fcntl
import gc
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TINH_SHARED") or ROOT.parent / "shared")


# how long one example took says more of the machine than of the code
hypothesis_settings.register_profile("tinh", hypothesis_settings.default, deadline=None)
hypothesis_settings.load_profile("tinh")

gc.set_threshold(50_000, 10, 10)  # the thousands of collected tests stay to the end

# What takes longest, longest first: begun first, so that all workers end together.
LONG = (
    "journeys/test_every_page.py", "journeys/", "rights/test_routes.py", "connectors/", "test_accounts.py",
    "test_agencies.py", "test_running.py", "test_crew.py", "test_kill.py", "flow/test_mending.py",
    "test_simulator.py", "test_recalling.py", "test_pilots.py", "test_personal_data.py", "test_forecasts.py",
    "test_incremental.py", "test_openid.py", "test_stream.py", "test_a_month.py", "test_upkeep.py",
    "cli/test_forecast.py", "cli/test_answers.py", "test_plan.py", "test_push.py", "test_telling.py",
)  # fmt: skip

# What shares one costly house (a served province, a browser, a database server) is one lane: one worker walks
# it whole. Otherwise a file is a lane of its own: its fixtures and what it remembers are made once, and not
# by each worker. xdist's own marks do not group under pytest 9, which keeps a node's name from being changed.
LANES = {
    "tests/journeys/test_every_page.py": "pages",
    "tests/journeys/": "journeys",
    "tests/connectors/": "connectors",
    "tests/cli/test_accounts.py": "accounts",
    "tests/cli/test_agencies.py": "accounts",
}


class Lanes(LoadScopeScheduling):
    """Each lane to one worker, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the number of tests says little of how long a lane takes

    def _split_scope(self, nodeid: str) -> str:
        return next((lane for path, lane in LANES.items() if nodeid.startswith(path)), nodeid.split("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    return Lanes(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """On a fresh checkout the first process to collect compiles the tests, us and the libraries; the others
    wait for what it writes, where each would do the same work beside it."""
    if "PYTEST_XDIST_WORKER" not in os.environ or sys.dont_write_bytecode:
        return (yield)
    with (Path(session.config.option.basetemp).parent / "collecting").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
            fcntl.flock(lock, fcntl.LOCK_UN)  # all that waited go on together
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first; else the order stays, which is random by file."""
    items.sort(key=lambda item: next((n for n, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"no real inputs at {SHARED} (set TINH_SHARED)")
    return SHARED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("CI"):
        terminalreporter.write_line(f"CI skips nothing, yet {len(skipped)} tests were skipped", red=True)


@pytest.fixture(scope="session", autouse=True)
def one_first_start(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All processes of this run copy the database of one first start."""
    from tests.harness.ready import keep_in

    base = tmp_path_factory.getbasetemp()
    keep_in((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "first-start")


@pytest.fixture(scope="session")
def site() -> Any:
    """The demo province being served, one server a process until its last test; nobody closes it before."""
    from tests.harness.server import running

    with ThreadPoolExecutor(
        1
    ) as apart:  # here a browser may hold an event loop, beside which nothing queries
        return apart.submit(running).result()


@pytest.fixture
def by_hand(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of cases are taken up by the test alone: the served province's own rounds, which would hold a
    case just when the test looks, do nothing meanwhile."""
    monkeypatch.setattr("tinh.jobs.stepper.Stepper.round", lambda _self: 0)


@pytest.fixture(autouse=True)
def give_connections_back(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "site" in request.fixturenames:
        from django.db import connections

        connections.close_all()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if "tests.harness.server" in sys.modules:
        from tests.harness.server import close

        close()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = 1
