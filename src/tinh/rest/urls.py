from __future__ import annotations

from django.urls import path

from tinh.rest.door import api

urlpatterns = [path("", api.urls)]
