from django.apps import AppConfig


class GovernConfig(AppConfig):
    name = "samhandla.govern"
    verbose_name = "Styra"
