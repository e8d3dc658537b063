"""The social board of the invented municipality: its reception, and one fact that the school has handed over.

It is another authority than the school board. Whoever works there reads what is handed over, and no more.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from samhandla.detect.models import Signal, SignalState
from samhandla.people import actions as people
from samhandla.people.models import Child, Guardianship, Organisation, Staff
from samhandla.people.queries import domain_of, on_day, service_viewer, today, viewer_of_actor
from samhandla.people.rules import KINDS_WITH_RIGHTS
from samhandla.secrecy.actions.emergency import set_emergency
from samhandla.secrecy.actions.law import approve_opening, deliver_law
from samhandla.secrecy.actions.processings import deliver_processings
from samhandla.secrecy.actions.receivers import open_receiver
from samhandla.secrecy.actions.replies import Reply
from samhandla.secrecy.actions.transfers import Fact, hand_over
from samhandla.secrecy.actions.waivers import Wish, answer_waiver, ask_waiver
from samhandla.secrecy.models import LegalOpening, Receiver
from samhandla.secrecy.rules.emergency import USUAL_HOURS
from samhandla.trust.models import Account, Actor, Branch
from samhandla.trust.viewer import Viewer, acting_as

LOGIN = "social_worker"
BOARD = "Socialnämnden"
RECEPTION = "Mottagningen barn och unga"
FACTS = "Närvaron den här terminen, och vad skolan har gjort"
PURPOSE = "Familjen vill att stödet hemma och stödet i skolan hänger ihop."
TEXT = (
    "Eleven har varit borta stora delar av terminen. Mentor och kurator har haft tre samtal med familjen,"
    " och måndagsschemat är ändrat."
)
REASON = "Familjen har bett om det, så att de slipper berätta allt igen."


def has_social_board() -> bool:
    """Tell whether the demonstration already has its social worker."""
    return Account.objects.filter(username=LOGIN).exists()


@transaction.atomic
def found_social_board(password: str) -> None:
    """Found the board, let the lawyer approve the law and the counsellor hand a fact over; all or nothing.

    The school's counsellor and lawyer must have their accounts already.
    """
    reception = _reception(password)
    _approve_law(_viewer("lawyer"))
    _decide(_viewer("lawyer"))
    _hand_over(_viewer("counsellor"), reception)


def _viewer(username: str) -> Viewer:
    return viewer_of_actor(Actor.objects.filter(account__username=username).order_by("pk")[0])


def _reception(password: str) -> Receiver:
    """Found the board with its reception, who works there, and who keeps its register."""
    board = people.found_authority(by=None, name=BOARD, kind="board", branches=(Branch.SOCIAL,))
    by = service_viewer(board.pk)
    unit = people.save_organisation(by=by, name=RECEPTION, kind="other")
    worker = _employ(by, unit, LOGIN, ("Sara", "Social"))
    keeper = _employ(by, unit, "data_administrator", ("Karim", "Register"))
    people.open_account(by=None, actors=[worker.actor], username=LOGIN, password=password)
    return open_receiver(
        by=viewer_of_actor(keeper.actor),
        domain=domain_of(board.pk, Branch.SOCIAL),
        unit=unit,
        name=RECEPTION,
        phone="000-00 00 00",
    )


def _employ(by: Viewer, unit: Organisation, role: str, name: tuple[str, str]) -> Staff:
    staff = people.register_staff(by=by, given_name=name[0], family_name=name[1])
    people.give_duty(by=by, staff=staff, unit=unit, role=role, valid_from=today() - timedelta(days=90))
    return staff


def _approve_law(lawyer: Viewer) -> None:
    """Deliver the law and approve all that is verified; the questions stay questions."""
    deliver_law(by=lawyer)
    with acting_as(lawyer):
        verified = list(LegalOpening.objects.exclude(mark=LegalOpening.Mark.QUESTION).order_by("pk"))
    for row in verified:
        approve_opening(by=lawyer, opening_id=row.pk, on=today())


def _decide(lawyer: Viewer) -> None:
    """Let nödåtkomst be in use, reviewed by the lawyer; deliver the register of legal bases, unapproved."""
    reviewer = Staff.objects.get(actor_id=lawyer.actor_id)
    set_emergency(by=lawyer, hours=USUAL_HOURS, reviewer=reviewer, on=today())
    deliver_processings(by=lawyer)


def _hand_over(counsellor: Viewer, reception: Receiver) -> None:
    """Ask one family, let each guardian say yes, and hand the fact over; it waits at the reception."""
    with acting_as(counsellor):
        found = _family()
        opening = LegalOpening.objects.get(code="waiver", valid_to=None)
    if found is None:
        return
    child, guardians = found
    wish = Wish(FACTS, PURPOSE, today() + timedelta(days=90), reception)
    waiver = ask_waiver(by=counsellor, child=child, wish=wish, on=today())
    for tie in guardians:
        reply = Reply(yes=True, how="meeting", on=today(), guardian=tie.guardian_id)
        answer_waiver(by=counsellor, waiver_id=waiver.pk, reply=reply)
    fact = Fact(text=TEXT, reason=REASON, opening=opening, receiver=reception, waiver=waiver)
    hand_over(by=counsellor, child=child, fact=fact)


def _family() -> tuple[Child, list[Guardianship]] | None:
    """Return a pupil of the viewer's with an open signal, and the guardians who decide; None without any."""
    rows = Guardianship.objects.filter(on_day(today()), kind__in=KINDS_WITH_RIGHTS)
    waiting = Signal.objects.filter(good_news=False).exclude(state=SignalState.CLOSED)
    rows = rows.filter(
        child__in=waiting.values("child_id"), child__protection="none", child__lifted_protection="none"
    )
    first = rows.order_by("child_id", "pk").select_related("child").first()
    return None if first is None else (first.child, list(rows.filter(child=first.child).order_by("pk")))
