"""Drafts about children with protected identity are thrown away: they may hold what may not be kept."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import Resolver404, resolve

from samhandla.login.models import Draft
from samhandla.people.models import Child, ChildRow
from samhandla.trust.viewer import Viewer

# Parameter of a path → the model whose number it is, as the rooms above have told.
_objects: dict[str, type[ChildRow]] = {}


def register_objects(objects: dict[str, type[ChildRow]]) -> None:
    """Say which parameters of the paths name a row about a child."""
    _objects.update(objects)


def purge_drafts(by: Viewer, children: Sequence[int]) -> dict[str, int]:
    """Throw away every draft on a page about some children, whoever wrote it.

    Args:
        by: the jobs of the authority, which see every child of it.
    """
    pages = list(Draft.objects.values_list("page", flat=True).distinct())
    gone = [page for page in pages if _about(page, set(children))]
    return {"drafts": Draft.objects.filter(page__in=gone).delete()[0] if gone else 0}


def _about(page: str, children: set[int]) -> bool:
    """Tell whether a page is about one of some children."""
    try:
        values = resolve(page.partition("?")[0]).kwargs
    except Resolver404:
        return False
    for name, value in values.items():
        if name == "ref":
            child = Child.objects.filter(ref=value).values_list("pk", flat=True).first()
        elif name in _objects:
            child = _objects[name].objects.filter(pk=value).values_list("child_id", flat=True).first()  # type: ignore[attr-defined]
        else:
            continue
        if child in children:
            return True
    return False
