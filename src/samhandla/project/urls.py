"""The root of all paths: one line per room."""

from django.urls import include, path

urlpatterns = [
    path("", include("samhandla.web.urls")),
]
