from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "samhandla.integrations"
    verbose_name = "Import"
