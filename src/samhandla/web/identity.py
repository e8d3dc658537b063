"""Who is logged in, in words. The words for units come from a function that settings name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from samhandla.trust.models import Actor
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


class Identity:
    """The logged-in person's name and duties. Nothing is asked of the database until it is shown."""

    def __init__(self, viewer: Viewer, account_id: int) -> None:
        self.name = viewer.name
        self._viewer = viewer
        self._account_id = account_id

    @cached_property
    def duties(self) -> list[str]:
        """Role and unit, such as "mentor, Bergaskolan". Queries: one."""
        words: Callable[[Viewer], list[str]] = import_string(settings.SAMHANDLA_DUTIES_IN_WORDS)
        return words(self._viewer)

    @cached_property
    def _authorities(self) -> dict[int, str]:
        """The authority of everybody whom the account can act as. Queries: one."""
        actors = Actor.objects.filter(account_id=self._account_id)
        return dict(actors.values_list("pk", "authority__name"))

    @property
    def several(self) -> bool:
        """Whether the account can act as somebody else as well. Queries: one."""
        return len(self._authorities) > 1

    @property
    def place(self) -> str:
        """The authority, and EMI where it is that, for whoever works in several places. Queries: one."""
        if not self.several:
            return ""
        authority = self._authorities.get(self._viewer.actor_id, "")
        emi = gettext("elevhälsans medicinska insats (EMI)")
        return f"{authority}, {emi}" if self._viewer.may(Permission.EMI_WORK) else authority


def works_as(actor: Actor) -> list[str]:
    """Return what somebody works as, in words, without acting as that person. Queries: a handful."""
    words: Callable[[Actor], list[str]] = import_string(settings.SAMHANDLA_ACTOR_IN_WORDS)
    return words(actor)
