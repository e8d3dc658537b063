"""Start page, about, accessibility, health, components."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from samhandla.trust.gate import checked
from samhandla.trust.permissions import Permission
from samhandla.web.accounts import no_assignment
from samhandla.web.start import tiles_for

# They keep patient journals elsewhere, and are told that this is none.
MEDICAL = ("school_nurse", "school_doctor", "emi_lead", "emi_head")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead everybody to the page where their work begins."""
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.may(Permission.START):
        return no_assignment(request)
    stopped = checked(request, Permission.START)
    if stopped is not None:
        return stopped
    medical = viewer.may_any(*MEDICAL)
    return render(request, "web/start.html", {"tiles": tiles_for(viewer), "medical": medical})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what Samhandla is and what it is not."""
    return render(request, "web/about.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that the law on digital public service asks for."""
    return render(request, "web/accessibility.html", {"contact": settings.SAMHANDLA_CONTACT})


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say that web server and database work; for monitoring, so no words about persons."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return JsonResponse({"status": "ok"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state; exists in development and tests only."""
    from samhandla.web.showroom import showroom

    return render(request, "web/components.html", showroom())
