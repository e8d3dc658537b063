from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "samhandla.records"
    verbose_name = "Allmänna handlingar"
