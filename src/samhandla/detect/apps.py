from django.apps import AppConfig


class DetectConfig(AppConfig):
    name = "samhandla.detect"
    verbose_name = "Upptäcka"
