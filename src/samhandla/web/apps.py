from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "samhandla.web"

    def ready(self) -> None:
        from samhandla.web import accounts  # noqa: F401 - the login event is written by a signal
