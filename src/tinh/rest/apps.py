from __future__ import annotations

from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "tinh.rest"
    label = "tinh_rest"
