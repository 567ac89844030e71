import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def site():
    from tests.harness.server import running

    return running()


@pytest.fixture(autouse=True)
def give_connections_back() -> Iterator[None]:
    yield
    if "tests.harness.server" in sys.modules:
        from django.conf import settings
        from django.db import connections

        if settings.configured:  # the module may be there for its types alone
            connections.close_all()


def pytest_sessionfinish() -> None:
    if "tests.harness.server" in sys.modules:
        from tests.harness.server import close

        close()
