"""E-mail without any personal content: that something waits, and where."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from samhandla.people.models import Staff
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

ANSWER, GUIDANCE = "answer", "guidance"


@action
def send_reminders(*, by: Viewer, kind: str, staff: Sequence[Staff]) -> int:
    """Send the same words to each of them, one message per person; returns how many were sent.

    Args:
        kind: ANSWER or GUIDANCE.
    """
    with translation.override("sv"):
        subject = {
            ANSWER: gettext("Något väntar på dig i Samhandla"),
            GUIDANCE: gettext("Dags för månadens närvarohandledning"),
        }[kind]
        body = render_to_string(f"detect/mail_{kind}.txt", {"address": settings.SAMHANDLA_ADDRESS}).strip()
    messages = [EmailMessage(subject, body, to=[person.email]) for person in staff]
    # The event is written with the sending: if the mail server refuses, the job is tried again.
    record(EventKind.REMINDERS_SENT, by=by, details={"kind": kind, "sent": len(messages)})
    return get_connection().send_messages(messages) or 0
