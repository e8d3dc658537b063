"""Signals about a pupil (bundled reasons) and about a class, slot or unit."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import ChildRow, Group, Organisation
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history
from samhandla.trust.roles import ROLE_CHOICES


class SignalState(models.TextChoices):
    """A signal leaves the list only by a ställningstagande."""

    QUEUED = "queued", _("väntar på plats hos mentor")
    OPEN = "open", _("att ta ställning till")
    FOLLOWED = "followed", _("följs")
    KNOWN = "known", _("känt – hanteras")
    ACTED = "acted", _("åtgärd pågår")
    CLOSED = "closed", _("avslutad")


@kept_history(_("signal"), row_security="child_row", made=False)
class Signal(ChildRow):
    """One row per pupil: its reasons bundled, one owner by role, one clock in school days."""

    class Ending(models.TextChoices):
        """Why a signal was closed by the register. Empty when people closed it."""

        MOVED = "moved", _("flyttad till annan skola")
        LIMITED = "limited", _("reglerna används inte på eleven")

    state = models.CharField(max_length=8, choices=SignalState, default=SignalState.OPEN)
    good_news = models.BooleanField(default=False)
    owner_role = models.CharField(max_length=32, choices=ROLE_CHOICES)
    opened_on = models.DateField()
    shown_on = models.DateField(null=True)
    # When the present clock began: from it the last day is counted anew if the calendar changes.
    clock_from = models.DateField(null=True)
    due_on = models.DateField(null=True)
    return_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closed_why = models.CharField(max_length=8, choices=Ending, blank=True)
    escalated_on = models.DateField(null=True)

    class Fields(Classified):
        retention = "signal"
        internal = (*CHILD_ROW_FIELDS, "owner_role")
        personal = (
            "state",
            "good_news",
            "opened_on",
            "shown_on",
            "clock_from",
            "due_on",
            "return_on",
            "closed_on",
            "closed_why",
            "escalated_on",
        )

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            # One living signal per pupil and domain: two runs at once cannot make two rows.
            models.UniqueConstraint(
                fields=["child", "domain", "good_news"],
                condition=~Q(state="closed"),
                name="signal_one_living",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="signal_closed_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}"


class Reason(ChildRow):
    """Why a signal is shown: the rule, its version, and its plain numbers. Never a score."""

    signal = models.ForeignKey(Signal, models.PROTECT, related_name="reasons")
    rule = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    since = models.DateField()
    numbers = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    first_seen = models.DateField()
    last_seen = models.DateField()

    class Fields(Classified):
        retention = "signal"
        internal = (*CHILD_ROW_FIELDS, "signal", "rule", "version", "parameters")
        personal = ("since", "numbers", "first_seen", "last_seen")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["signal", "rule"], name="reason_once_per_signal"),
            models.CheckConstraint(condition=Q(last_seen__gte=F("first_seen")), name="reason_dates"),
        ]

    def __str__(self) -> str:
        return self.rule


class GroupSignal(models.Model):
    """A signal about a class, a lesson slot or a whole unit. The principal owns it; no teacher is named."""

    class Level(models.TextChoices):
        CLASS = "class", _("klass")
        SLOT = "slot", _("lektionspass")
        UNIT = "unit", _("skolenhet")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    level = models.CharField(max_length=6, choices=Level)
    key = models.CharField(max_length=60)
    rule = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    since = models.DateField()
    numbers = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=SignalState, default=SignalState.OPEN)
    opened_on = models.DateField()
    last_seen = models.DateField()
    # As for a pupil's signal: the day from which the last day is counted anew.
    clock_from = models.DateField(null=True)
    due_on = models.DateField(null=True)
    return_on = models.DateField(null=True)
    answer = models.CharField(max_length=12, blank=True)
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Fields(Classified):
        retention = "signal"
        internal = (
            "id",
            "authority",
            "unit",
            "group",
            "level",
            "key",
            "rule",
            "version",
            "since",
            "numbers",
            "state",
            "opened_on",
            "last_seen",
            "clock_from",
            "due_on",
            "return_on",
            "answer",
            "answer_reason",
            "answered_by",
            "answered_at",
        )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "rule", "key"], condition=~Q(state="closed"), name="groupsignal_one_living"
            ),
        ]

    def __str__(self) -> str:
        return self.rule


@kept_history(_("uppföljning efter en signal"), row_security="child_row")
class Watch(ChildRow):
    """A quiet watch for a term after a solved signal (håll i): shown only if it begins to move again."""

    signal = models.ForeignKey(Signal, models.PROTECT, related_name="+")
    from_date = models.DateField()
    until = models.DateField()

    class Fields(Classified):
        retention = "signal"
        internal = (*CHILD_ROW_FIELDS, "signal")
        personal = ("from_date", "until")

    def __str__(self) -> str:
        return f"{self.until}"


class GroupWatch(models.Model):
    """The same quiet watch over a class after a solved signal about it."""

    signal = models.ForeignKey(GroupSignal, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    from_date = models.DateField()
    until = models.DateField()

    class Fields(Classified):
        retention = "signal"
        internal = ("id", "signal", "group", "from_date", "until")

    def __str__(self) -> str:
        return f"{self.until}"
