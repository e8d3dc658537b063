"""Who is logged in, in words. The words for units come from a function that settings name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from django.conf import settings
from django.utils.module_loading import import_string

from samhandla.trust.models import Actor
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
    def several(self) -> bool:
        """Whether the account can act as somebody else as well. Queries: one."""
        return Actor.objects.filter(account_id=self._account_id).count() > 1
