"""Consents of one child, what ends soon among everything the viewer may see, and papers."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import ngettext

from samhandla.people.models import Child, Duty, Guardianship, Staff
from samhandla.people.queries import in_force, on_day, today
from samhandla.people.rules import KINDS_WITH_RIGHTS
from samhandla.secrecy.models import Consent, ConsentVoice, Paper, Voice, Waiver
from samhandla.secrecy.rules.consents import (
    WARN_ON,
    Effort,
    births_that_turn,
    lost_on,
    state_of,
    ways_on,
)
from samhandla.secrecy.rules.efforts import Kind, Party
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.rules.waivers import WARN_DAYS, Asked, Said
from samhandla.secrecy.rules.waivers import state_of as waiver_state
from samhandla.trust import crypto
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.viewer import Viewer

Row = TypeVar("Row")


@dataclass(frozen=True)
class ConsentRow:
    """A consent with its state today, whose yes is enough, and whose answers are missing."""

    consent: Consent
    state: State
    ways: tuple[frozenset[Party], ...]
    voices: tuple[ConsentVoice, ...]
    unasked: tuple[Guardianship, ...]
    child_unasked: bool
    last_day: date | None  # when it ends within two weeks
    replaced: tuple[ConsentVoice, ...] = ()

    @property
    def open(self) -> bool:
        """Whether an answer can still be added or the consent withdrawn."""
        return self.state in (State.GIVEN, State.MISSING)

    @property
    def changeable(self) -> bool:
        """Whether an answer can be put right: until the consent is withdrawn."""
        return self.state is not State.WITHDRAWN


@dataclass(frozen=True)
class EndingRow:
    """A yes of any kind that holds today and ends soon: `page` is the path where it is asked for anew."""

    child: Child
    page: str
    last_day: date
    registered_by: int


def list_consents_for(viewer: Viewer, child: Child, *, today: date) -> list[ConsentRow]:
    """Return the consents about a child, newest first. Queries: three."""
    rows = list(Consent.objects.filter(child=child).order_by("-asked_on", "-pk"))
    found = ConsentVoice.objects.filter(consent__in=rows).select_related("guardian", "paper")
    found = found.defer("paper__sealed")
    told = _grouped(found.order_by("on", "pk"), lambda voice: voice.consent_id)
    kin = Guardianship.objects.filter(on_day(today), child=child, kind__in=KINDS_WITH_RIGHTS)
    guardians = tuple(kin.select_related("guardian").order_by("pk"))
    return [_row(row, child, tuple(told[row.pk]), guardians, today) for row in rows]


def has_consent(viewer: Viewer, child: Child, consent_id: int) -> bool:
    """Tell whether a consent is about that child and the viewer's to see. Queries: one."""
    return Consent.objects.filter(pk=consent_id, child=child).exists()


def get_paper_for(viewer: Viewer, child: Child, key: UUID) -> Paper | None:
    """Return a scanned paper about that child; None alike for missing and forbidden. Queries: one."""
    return Paper.objects.filter(key=key, child=child).first()


def content_of(paper: Paper) -> bytes:
    """Return the scanned file itself.

    Raises:
        CryptoError: the installation's key has changed, or the row is damaged.
    """
    text = crypto.decrypt(settings.SAMHANDLA_SECRET, bytes(paper.sealed), bound_to=f"paper:{paper.key}")
    return base64.b64decode(text)


def _row(
    row: Consent,
    child: Child,
    told: tuple[ConsentVoice, ...],
    guardians: tuple[Guardianship, ...],
    today: date,
) -> ConsentRow:
    voices = tuple(voice for voice in told if voice.replaced_at is None)
    effort = _effort(row, child, voices, (g.guardian_id for g in guardians))
    heard = {v.guardian_id for v in voices}
    ends = lost_on(partial(state_of, effort), today)
    return ConsentRow(
        consent=row,
        state=state_of(effort, today),
        ways=ways_on(effort, today),
        voices=voices,
        unasked=tuple(g for g in guardians if g.guardian_id not in heard),
        child_unasked=None not in heard,
        last_day=ends and ends - timedelta(days=1),
        replaced=tuple(voice for voice in told if voice.replaced_at is not None),
    )


def _said(voices: Iterable[Voice | ConsentVoice]) -> tuple[Said, ...]:
    return tuple(
        Said(v.said == Voice.Said.YES, str(v.guardian_id) if v.guardian_id else None) for v in voices
    )


def _effort(row: Consent, child: Child, voices: Iterable[ConsentVoice], guardians: Iterable[UUID]) -> Effort:
    return Effort(
        kind=Kind(row.kind),
        asked_on=row.asked_on,
        valid_to=row.valid_to,
        withdrawn=row.withdrawn_at is not None,
        suitable=bool(row.suitable),
        birth_date=child.birth_date,
        guardians=frozenset(map(str, guardians)),
        voices=_said(voices),
    )


def _asked(row: Waiver, child: Child, voices: Iterable[Voice], guardians: Iterable[UUID]) -> Asked:
    return Asked(
        asked_on=row.asked_on,
        valid_to=row.valid_to,
        withdrawn=row.withdrawn_at is not None,
        maturity=row.maturity,
        birth_date=child.birth_date,
        guardians=frozenset(map(str, guardians)),
        voices=_said(voices),
    )


def list_ending_for(viewer: Viewer, *, today: date) -> list[EndingRow]:
    """Return every yes that holds today and not two weeks from now, the first to end first.

    It can end by its last day or by a birthday that moves the right to decide. Queries: seven.
    """
    last = today + timedelta(days=WARN_DAYS)
    births = births_that_turn(today, last + timedelta(days=1))
    near = Q(valid_to__gte=today) & (Q(valid_to__lte=last) | Q(child__birth_date__in=births))
    near &= Q(withdrawn_at=None, child__authority_id=viewer.authority_id)
    waivers = list(Waiver.objects.filter(near).select_related("child"))
    consents = list(Consent.objects.filter(near).select_related("child"))
    told = _grouped(Voice.objects.filter(waiver__in=waivers, replaced_at=None), lambda v: v.waiver_id)
    said = _grouped(
        ConsentVoice.objects.filter(consent__in=consents, replaced_at=None), lambda v: v.consent_id
    )
    kin = _guardians({row.child_id for row in (*waivers, *consents)}, today)
    found = []
    for row in waivers:
        asked = _asked(row, row.child, told[row.pk], kin[row.child_id])
        ends = lost_on(partial(waiver_state, asked), today)
        found += [_ending(row, "hand-over", ends)] if ends else []
    for one in consents:
        effort = _effort(one, one.child, said[one.pk], kin[one.child_id])
        ends = lost_on(partial(state_of, effort), today)
        found += [_ending(one, "consents", ends)] if ends else []
    return sorted(found, key=lambda row: (row.last_day, row.child.pk))


def _ending(row: Waiver | Consent, page: str, ends: date) -> EndingRow:
    return EndingRow(row.child, page, ends - timedelta(days=1), row.registered_by_id)


def _guardians(children: Iterable[int], day: date) -> dict[int, list[UUID]]:
    rows = Guardianship.objects.filter(on_day(day), child_id__in=set(children), kind__in=KINDS_WITH_RIGHTS)
    found: dict[int, list[UUID]] = defaultdict(list)
    for child_id, guardian_id in rows.values_list("child_id", "guardian_id"):
        found[child_id].append(guardian_id)
    return found


def _grouped(rows: Iterable[Row], by: Callable[[Row], int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[by(row)].append(row)
    return found


def ending_note(viewer: Viewer) -> str:
    """Return how many yeses end soon, for the start page. Queries: as `list_ending_for`."""
    count = len(list_ending_for(viewer, today=today()))
    if not count:
        return ""
    text = ngettext("%(count)s samtycke går snart ut.", "%(count)s samtycken går snart ut.", count)
    return text % {"count": count}


def list_staff_to_warn(by: Viewer, *, today: date) -> list[Staff]:
    """Return whoever registered a yes that ends two weeks or three days from now, and has an address.

    Asked as the service of the authority. Whoever no longer works there is not written to: the list on the
    page shows it to all who may see the child.
    """
    ends = {row for row in list_ending_for(by, today=today) if (row.last_day - today).days in WARN_ON}
    held = Duty.objects.filter(in_force(today)).values("staff_id")
    rows = Staff.objects.filter(authority_id=by.authority_id, pk__in=held).exclude(email="")
    return list(rows.filter(actor_id__in={row.registered_by for row in ends}).order_by("pk"))


def warned_today(by: Viewer, kind: str, *, today: date) -> bool:
    """Tell whether the service has sent that kind of reminder on a day."""
    rows = Event.objects.filter(event=EventKind.REMINDERS_SENT, actor_id=by.actor_id, at__date=today)
    return any(told["kind"] == kind for told in rows.values_list("details", flat=True))
