from __future__ import annotations

from django.apps import AppConfig
from django.core import checks


class PeopleConfig(AppConfig):
    name = "tinh.people"
    label = "people"

    def ready(self) -> None:
        from tinh.people.locks import unlocked
        from tinh.people.personal import undeclared

        checks.register(undeclared)
        checks.register(unlocked)
