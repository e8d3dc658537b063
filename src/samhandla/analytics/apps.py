from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "samhandla.analytics"
    verbose_name = "Statistik"
