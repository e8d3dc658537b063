"""How findings about the data are said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from samhandla.analytics.models import QualityNote
from samhandla.web.formats import number


def describe_note(note: QualityNote) -> str:
    """Say what was found. Counts are of lessons, minutes or pupil-days; no pupil is named."""
    share = _("%(number)s procent") % {"number": round(100 * note.count / note.of)} if note.of else ""
    said = {"count": number(note.count), "of": number(note.of), "subject": note.subject, "share": share}
    return {
        "reporting": _("Bara %(share)s av enhetens undervisningstid är registrerad."),
        "unreported_class": _("%(subject)s: %(share)s av undervisningstiden är inte registrerad."),
        "one_code_class": _("%(subject)s: all frånvaro har samma kod. Skilj inte på giltig och ogiltig här."),
        "code_never_used": _("En av koderna giltig och ogiltig används aldrig på enheten."),
        "not_a_school_day": _(
            "%(count)s av %(of)s elevdagar ligger på helg, lov eller annan dag utan skola."
        ),
        "duplicate": _("%(count)s av %(of)s lektioner är dubbletter."),
        "late_corrections": _("%(count)s av %(of)s rättelser gjordes mer än en vecka efter lektionen."),
    }[note.code] % said
