from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tinh.web"
    label = "web"
