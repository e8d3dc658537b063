"""What has been handed over, what has come, and the family's answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import ngettext

from samhandla.people.models import Child, Guardianship
from samhandla.people.queries import on_day
from samhandla.people.rules import KINDS_WITH_RIGHTS
from samhandla.secrecy.branch import branch_of
from samhandla.secrecy.models import LegalOpening, Receiver, Transfer, Voice, Waiver
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.rules.law import ANY
from samhandla.secrecy.rules.waivers import WARN_DAYS, Asked, Said, state_of
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class WaiverRow:
    """A waiver with its state today, and whose answers are missing."""

    waiver: Waiver
    state: State
    voices: tuple[Voice, ...]
    unasked: tuple[Guardianship, ...]
    child_unasked: bool
    ends_soon: bool
    replaced: tuple[Voice, ...] = ()

    @property
    def to_whom(self) -> str:
        return self.waiver.receiver.name if self.waiver.receiver else self.waiver.outside

    @property
    def open(self) -> bool:
        """Whether an answer can still be added or the waiver withdrawn."""
        return self.state in (State.GIVEN, State.MISSING)

    @property
    def changeable(self) -> bool:
        """Whether an answer can be put right: until the waiver is withdrawn."""
        return self.state is not State.WITHDRAWN


def list_waivers_for(viewer: Viewer, child: Child, *, today: date) -> list[WaiverRow]:
    """Return the waivers about a child, newest first. Queries: three."""
    rows = list(Waiver.objects.filter(child=child).select_related("receiver").order_by("-asked_on", "-pk"))
    told: dict[int, list[Voice]] = defaultdict(list)
    voices = Voice.objects.filter(waiver__in=rows).select_related("guardian", "paper").defer("paper__sealed")
    for voice in voices.order_by("on", "pk"):
        told[voice.waiver_id].append(voice)
    kin = Guardianship.objects.filter(on_day(today), child=child, kind__in=KINDS_WITH_RIGHTS)
    guardians = tuple(kin.select_related("guardian").order_by("pk"))
    return [_row(row, child, tuple(told[row.pk]), guardians, today) for row in rows]


def has_waiver(viewer: Viewer, child: Child, waiver_id: int) -> bool:
    """Tell whether a waiver is about that child and the viewer's to see. Queries: one."""
    return Waiver.objects.filter(pk=waiver_id, child=child).exists()


def _row(
    row: Waiver, child: Child, told: tuple[Voice, ...], guardians: tuple[Guardianship, ...], today: date
) -> WaiverRow:
    voices = tuple(voice for voice in told if voice.replaced_at is None)
    asked = Asked(
        asked_on=row.asked_on,
        valid_to=row.valid_to,
        withdrawn=row.withdrawn_at is not None,
        maturity=row.maturity,
        birth_date=child.birth_date,
        guardians=frozenset(str(g.guardian_id) for g in guardians),
        voices=tuple(
            Said(v.said == Voice.Said.YES, str(v.guardian_id) if v.guardian_id else None) for v in voices
        ),
    )
    heard = {v.guardian_id for v in voices}
    state = state_of(asked, today)
    return WaiverRow(
        waiver=row,
        state=state,
        voices=voices,
        unasked=tuple(g for g in guardians if g.guardian_id not in heard),
        child_unasked=None not in heard,
        ends_soon=state is State.GIVEN and (row.valid_to - today).days <= WARN_DAYS,
        replaced=tuple(voice for voice in told if voice.replaced_at is not None),
    )


def list_sent_for(viewer: Viewer, child: Child) -> list[Transfer]:
    """Return what has been handed over about a child, newest first. Queries: one."""
    return list(Transfer.objects.filter(child=child).select_related("receiver").order_by("-sent_at"))


def inbox_for(viewer: Viewer) -> list[Transfer]:
    """Return what has come to the functions that the viewer works in, unreceived first. Queries: one.

    The row's own child is the sender's and stays unread; what it is called stands in the copy.
    """
    rows = Transfer.objects.filter(receiver__domain__authority_id=viewer.authority_id)
    found = list(rows.select_related("receiver").order_by("received_at", "-sent_at"))
    note_shown(row.child_id for row in found)
    return sorted(found, key=lambda row: row.received_at is not None)


def note_of_inbox(viewer: Viewer) -> str:
    """Say how much has come that nobody has received; empty when nothing has. Queries: one."""
    rows = Transfer.objects.filter(receiver__domain__authority_id=viewer.authority_id)
    count = rows.filter(received_at=None).count()
    if not count:
        return ""
    return ngettext("%(n)s ny uppgift.", "%(n)s nya uppgifter.", count) % {"n": count}


def get_received_for(viewer: Viewer, transfer_id: int) -> Transfer | None:
    """Return one that has come to the viewer; None alike for missing and forbidden. Queries: one."""
    rows = Transfer.objects.filter(pk=transfer_id, receiver__domain__authority_id=viewer.authority_id)
    row = rows.select_related("receiver").first()
    if row is not None:
        note_shown((row.child_id,))
    return row


def usable_openings_for(viewer: Viewer, *, today: date) -> list[LegalOpening]:
    """Return the approved openings that hold today and can lead from the viewer's branch to a receiver here.

    Queries: two.
    """
    there = set(Receiver.objects.filter(active=True).values_list("domain__branch", flat=True))
    ends = {*there, *(f"own_{branch}" for branch in there), ANY}
    rows = LegalOpening.objects.filter(authority_id=viewer.authority_id, approved_on__isnull=False)
    return [
        row
        for row in rows.order_by("pk")
        if {branch_of(viewer), ANY} & set(row.starts)
        and ends & set(row.ends)
        and (row.valid_from is None or row.valid_from <= today)
        and (row.valid_to is None or today <= row.valid_to)
    ]
