from django.apps import AppConfig


class SecrecyConfig(AppConfig):
    name = "samhandla.secrecy"
    verbose_name = "Sekretess"
