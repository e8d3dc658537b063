"""Start, login and the pages that belong to no room."""

from django.conf import settings
from django.urls import URLPattern

from samhandla.trust.gate import OPEN, page
from samhandla.web import accounts, theme, views

urlpatterns: list[URLPattern] = [
    page("", views.start, name="start", permission=OPEN),
    page("logga-in/", accounts.login, name="account_login", permission=OPEN),
    page("logga-ut/", accounts.logout, name="account_logout", permission=OPEN),
    page("konto-avstangt/", accounts.inactive, name="account_inactive", permission=OPEN),
    page("byt-losenord/", accounts.change_password, name="account_change_password", permission=OPEN),
    page("byt-losenord/sso/", accounts.no_password, name="account_set_password", permission=OPEN),
    page(
        "valj-losenord/<str:uidb36>/<str:key>/",
        accounts.choose_password,
        name="account_reset_password_from_key",
        permission=OPEN,
    ),
    page("byt-uppdrag/", accounts.choose_actor, name="choose_actor", permission=OPEN),
    page("sprak/", accounts.set_language, name="set_language", permission=OPEN),
    page("om/", views.about, name="about", permission=OPEN),
    page("tillganglighet/", views.accessibility, name="accessibility", permission=OPEN),
    page("halsa", views.health, name="health", permission=OPEN),
    page("tema.css", theme.theme, name="theme", permission=OPEN),
    page("robots.txt", views.robots, name="robots", permission=OPEN),
]
if settings.SAMHANDLA_LOUD:
    urlpatterns.append(page("komponenter/", views.components, name="components", permission=OPEN))
