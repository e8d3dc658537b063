"""What may not be done with the data about a child: an objection that was granted, or a restriction."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models.base import CHILD_ROW_FIELDS, ChildRow, EndableRow, dates_in_order
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


@kept_history(_("gräns för behandlingen"), row_security="unit_past")
class ProcessingLimit(ChildRow, EndableRow):
    """A limit on what is done with the data about a child, from a day until somebody lifts it.

    Who asked and why is not here: whoever sees the child only has to know that the limit holds. The row
    follows the child to another unit of the authority, since the authority is the one that was told.
    Source: data protection regulation, articles 18 and 21.
    """

    row_security = "limit"

    class Kind(models.TextChoices):
        OBJECTION = "objection", _("reglerna används inte på eleven")
        RESTRICTION = "restriction", _("behandlingen är begränsad")

    kind = models.CharField(_("slag"), max_length=12, choices=Kind)

    class Fields(Classified):
        retention = "inquiry"
        internal = CHILD_ROW_FIELDS
        personal = ("kind", "valid_from", "valid_to", "ended_at")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            dates_in_order("processinglimit_dates"),
            models.UniqueConstraint(
                fields=["child", "kind"],
                condition=models.Q(ended_at__isnull=True),
                name="processinglimit_one_living",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
