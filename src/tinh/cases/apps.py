from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tinh.cases"
    label = "cases"

    def ready(self) -> None:
        from tinh.cases import services  # noqa: F401  registers the services of every process
