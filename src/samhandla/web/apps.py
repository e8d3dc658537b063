from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "samhandla.web"

    def ready(self) -> None:
        from samhandla.web import accounts, theme  # noqa: F401 - a signal and a check are registered
