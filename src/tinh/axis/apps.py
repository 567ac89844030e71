from __future__ import annotations

from django.apps import AppConfig


class AxisConfig(AppConfig):
    name = "tinh.axis"
    label = "axis"
