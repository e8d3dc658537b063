"""The page that says why somebody was not let in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from samhandla.login.words import REFUSALS


def refused(request: HttpRequest, problem: str) -> HttpResponse:
    """Return the page of a refusal: what happened, why, what to do."""
    told = REFUSALS[problem]
    answer = render(request, "login/refused.html", {"told": told, "problem": problem}, status=told.status)
    answer["Cache-Control"] = "no-store"
    return answer
