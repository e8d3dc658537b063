"""Who receives notices of absence, in two authorities; used by the tests and the journey."""

from __future__ import annotations

from samhandla.detect.actions import inquiries
from samhandla.detect.models import DeliveredNotice, Notice
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as


def employ_officers(cast):
    """Give each authority somebody who receives notices."""
    cast._duty("board", "duty_officer", "compulsory_school_officer", "berga")
    cast._duty("independent", "duty_officer_fria", "compulsory_school_officer", "fria")


def open_inquiry(cast, name="alma", *, by="principal", **more):
    child = cast.child[name]
    return inquiries.decide_inquiry(
        by=cast.viewer(by),
        child=child,
        domain_id=domain_of(child.authority_id, "school").pk,
        decision="open",
        reason="Upprepad frånvaro.",
        today=today(),
        **more,
    )


def signed(cast, name="alma", *, by="principal", recipient="huvudman", **more):
    """Open an inquiry, sign its notice, and return the notice as it was delivered."""
    inquiry = open_inquiry(cast, name, by=by, **more)
    viewer = cast.viewer(by)
    with acting_as(viewer):
        notice = Notice.objects.get(inquiry=inquiry, recipient=recipient)
    inquiries.sign_notice(
        by=viewer, notice_id=notice.pk, text=f"Anmälan om {name.capitalize()} Prov", today=today()
    )
    with acting_as(viewer):
        return DeliveredNotice.objects.get(notice=notice)
