from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "tinh.channels"
    label = "channels"

    def ready(self) -> None:
        from tinh.channels import casenotices

        casenotices.register()
