"""The root of all paths: one line per room."""

from django.urls import include, path

urlpatterns = [
    path("", include("samhandla.web.urls")),
    path("", include("samhandla.people.urls")),
    path("", include("samhandla.login.urls")),
    path("", include("samhandla.records.urls")),
    path("", include("samhandla.secrecy.urls")),
    path("", include("samhandla.detect.urls")),
    path("", include("samhandla.integrations.urls")),
    path("", include("samhandla.analytics.urls")),
    path("", include("samhandla.govern.urls")),
    path("", include("samhandla.rights.urls")),
]

handler400 = "samhandla.web.errors.bad_request"
handler403 = "samhandla.web.errors.not_found"
handler404 = "samhandla.web.errors.not_found"
handler429 = "samhandla.web.errors.too_many"
handler500 = "samhandla.web.errors.server_error"
