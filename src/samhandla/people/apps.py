from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "samhandla.people"
    verbose_name = "Registret"
