"""Where the real inputs are, and the promise that CI skips nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TINH_SHARED") or ROOT.parent / "shared")


LONG = ("tests/journeys", "tests/connectors", "test_kill.py", "test_running.py", "test_forecasts.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that all workers end together; else the order stays."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))


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


@pytest.fixture(scope="session")
def site() -> Any:
    """The demo province being served, one server a process until its last test; nobody closes it before."""
    from tests.harness.server import running

    return running()


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
