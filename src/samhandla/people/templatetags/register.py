"""`{% load register %}`: the one way in which pages name a child."""

from __future__ import annotations

from django import template

from samhandla.people import queries
from samhandla.people.models import Child
from samhandla.trust.viewer import Viewer

register = template.Library()


@register.filter
def name_for(child: Child, viewer: Viewer) -> str:
    """`{{ child|name_for:request.viewer }}`: the name on the child's own page; lists use `shown_name`."""
    return queries.name_on_page(viewer, child)
