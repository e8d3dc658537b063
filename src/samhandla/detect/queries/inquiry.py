"""Reads of an inquiry and its notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.detect.models import Inquiry, InquiryDecision, Notice
from samhandla.detect.queries.notices import NoticeRow, delivered_of, home_authority_of, receivers_but
from samhandla.detect.queries.units import PRINCIPALS, unit_ids_for
from samhandla.detect.rules.inquiry import WRITABLE, described, fingerprint
from samhandla.detect.rules.law import INQUIRY, PUPIL_ALONE
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import class_names, on_day, restricted_children
from samhandla.people.rules import is_adult, speaks_for_self
from samhandla.trust.models import Authority
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

HIDDEN_IDENTITY = ("marked", "protected")


@dataclass(frozen=True)
class PupilFacts:
    """What a document says about whom it concerns: never an address, never a personal number."""

    child: Child
    class_name: str
    form: str
    school_year: int | None
    authority: Authority
    adult: bool
    own_voice: bool

    @property
    def hidden_identity(self) -> bool:
        return self.child.protection in HIDDEN_IDENTITY


@dataclass(frozen=True)
class InquiryPage:
    """One inquiry with its pupil, its notices and what became of them."""

    inquiry: Inquiry
    pupil: PupilFacts
    notices: list[Notice]
    delivered: dict[int, NoticeRow]

    @property
    def sent(self) -> list[tuple[Notice, NoticeRow | None]]:
        """The notices, each with what has become of it."""
        return [(notice, self.delivered.get(notice.pk)) for notice in self.notices]

    @property
    def compulsory(self) -> bool:
        """Whether 7 kap. 19 a § is the ground (F–9); else 15 kap. 15–16 §§."""
        return self.inquiry.legal_basis == INQUIRY

    @property
    def pupil_alone(self) -> bool:
        """Whether the pupil is of age, so that guardians are neither asked nor told."""
        return self.inquiry.legal_basis == PUPIL_ALONE

    @property
    def draft(self) -> bool:
        return self.inquiry.state == Inquiry.State.DRAFT

    @property
    def asked(self) -> bool:
        """Whether it is proposed only, and waits for the principal's decision."""
        return self.inquiry.state == Inquiry.State.ASKED

    @property
    def opened(self) -> bool:
        return self.inquiry.decision == InquiryDecision.OPEN

    @property
    def one_level_only(self) -> bool:
        """Whether exactly one of the four levels of causes is described."""
        return described(self.content) == 1

    @property
    def content(self) -> dict[str, object]:
        """What people have written, by field."""
        return {name: getattr(self.inquiry, name) for name in WRITABLE}

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.content)


def pupil_facts_for(viewer: Viewer, child: Child, *, today: date) -> PupilFacts:
    """Return what stands at the top of a document about a pupil. Queries: three."""
    enrolment = Enrolment.objects.filter(on_day(today), child=child).order_by("-main", "-valid_from").first()
    return PupilFacts(
        child=child,
        class_name=class_names(viewer, [child.pk], on=today).get(child.pk, ""),
        form=enrolment.get_form_display() if enrolment else "",
        school_year=enrolment.school_year if enrolment else None,
        authority=Authority.objects.get(pk=viewer.authority_id),
        adult=is_adult(child.birth_date, today),
        own_voice=speaks_for_self(child.birth_date, today),
    )


def get_inquiry_page_for(viewer: Viewer, inquiry_id: int, *, today: date) -> InquiryPage | None:
    """Return an inquiry; None alike when it is missing and when it is forbidden."""
    rows = Inquiry.objects.filter(pk=inquiry_id, child__authority_id=viewer.authority_id)
    rows = rows.exclude(child_id__in=restricted_children())
    inquiry = rows.select_related("child__unit", "unit", "asked_by", "decided_by", "signal").first()
    if inquiry is None:
        return None
    notices = Notice.objects.filter(inquiry=inquiry).select_related("signed_by").order_by("-recipient")
    held = list(notices)
    delivered = delivered_of(viewer, [notice.pk for notice in held], today=today)
    return InquiryPage(inquiry, pupil_facts_for(viewer, inquiry.child, today=today), held, delivered)


def get_notice_for(viewer: Viewer, notice_id: int) -> Notice | None:
    """Return a notice; None alike when it is missing and when it is forbidden."""
    rows = Notice.objects.filter(pk=notice_id, child__authority_id=viewer.authority_id)
    rows = rows.exclude(child_id__in=restricted_children())
    return rows.select_related(
        "inquiry__decided_by", "child__unit", "child__lives_in", "unit", "signed_by"
    ).first()


@dataclass(frozen=True)
class Homes:
    """To whom a notice to a home municipality can go here, and who it is by the register."""

    receivers: list[Authority]
    by_register: Authority | None


def homes_of_notice(notice: Notice, *, on: date) -> Homes:
    """Return where a notice can go when it is signed; nowhere here unless it is to a home municipality."""
    if notice.recipient != Notice.Recipient.HOME_MUNICIPALITY:
        return Homes([], None)
    sender = notice.child.authority_id
    return Homes(list(receivers_but(sender, on=on)), home_authority_of(notice.child, sender, on=on))


def open_inquiry_of(viewer: Viewer, child: Child) -> Inquiry | None:
    """Return the inquiry of a pupil that is being made, None when there is none."""
    return Inquiry.objects.filter(child=child, state=Inquiry.State.DRAFT).first()


def asked_inquiry_of(viewer: Viewer, child: Child) -> Inquiry | None:
    """Return the inquiry of a pupil that somebody has proposed, None when there is none."""
    rows = Inquiry.objects.filter(child=child, state=Inquiry.State.ASKED)
    return rows.select_related("asked_by").first()


def may_begin(viewer: Viewer, child: Child) -> str:
    """Return how a viewer may begin an inquiry of a pupil: "decide", "ask", or empty."""
    if viewer.may(Permission.INQUIRY_DECIDE) and child.unit_id in unit_ids_for(viewer, *PRINCIPALS):
        return "decide"
    return "ask" if viewer.may(Permission.INQUIRY_ASK) and child.unit_id in unit_ids_for(viewer) else ""
