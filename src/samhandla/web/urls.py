"""Start, login and the pages that belong to no room."""

from django.urls import path

urlpatterns: list[object] = []
