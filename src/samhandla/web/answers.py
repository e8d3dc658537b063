"""How a POST leads on."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.urls import reverse


def see_other(name: str, query: str = "", **arguments: object) -> HttpResponseRedirect:
    """Lead on with 303, so that reloading the next page never sends the form again."""
    return HttpResponseRedirect(reverse(name, kwargs=arguments or None) + query, status=303)
