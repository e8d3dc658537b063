"""How findings about the data are said."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samhandla.analytics.models import QualityNote
from samhandla.analytics.quality import class_of
from samhandla.web.formats import number


def class_in_words(subject: str) -> str:
    """Return a stored class's name with what tells it apart, in the reader's language."""
    name, kind, value = class_of(subject)
    if kind == "from":
        value = date_format(date.fromisoformat(value), "j F Y")
    added = {
        "grade": _("årskurs %(value)s"),
        "from": _("från %(value)s"),
        "number": _("nummer %(value)s"),
    }.get(kind)
    return f"{name} ({added % {'value': value}})" if added else name


def count_in_words(code: str, count: int) -> str:
    """Say by number what was set aside or changed afterwards (`queries.COUNTED_CODES`), for a short line."""
    words = {
        "late_corrections": ngettext(
            "%(count)s rättelse mer än en vecka efter lektionen",
            "%(count)s rättelser mer än en vecka efter lektionen",
            count,
        ),
        "duplicate": ngettext(
            "%(count)s dubblett som inte räknas", "%(count)s dubbletter som inte räknas", count
        ),
        "not_a_school_day": ngettext(
            "%(count)s elevdag på helg, lov eller annan dag utan skola, som inte räknas",
            "%(count)s elevdagar på helg, lov eller annan dag utan skola, som inte räknas",
            count,
        ),
    }
    return words[code] % {"count": number(count)}


def describe_note(note: QualityNote) -> str:
    """Say what was found. Counts are of lessons, minutes or pupil-days; no pupil is named."""
    share = _("%(number)s procent") % {"number": round(100 * note.count / note.of)} if note.of else ""
    said = {
        "count": number(note.count),
        "of": number(note.of),
        "subject": class_in_words(note.subject),
        "share": share,
    }
    return {
        "reporting": _("Bara %(share)s av enhetens undervisningstid är registrerad."),
        "unreported_class": _("%(subject)s: %(share)s av undervisningstiden är inte registrerad."),
        "one_code_class": _("%(subject)s: all frånvaro har samma kod. Skilj inte på giltig och ogiltig här."),
        "code_never_used": _("En av koderna giltig och ogiltig används aldrig på enheten."),
        "only_sums": _(
            "Källan lämnar bara summor, inga lektioner: %(count)s av %(of)s elever är kända genom dem. "
            "Bara regeln om summor räknar på dem; dagar, lektioner och mönster syns inte."
        ),
        "some_sums": _(
            "%(count)s av %(of)s elever är kända bara genom summor från en källa utan lektioner. "
            "Bara regeln om summor räknar på dem."
        ),
        "absence_only": _(
            "Källan lämnar bara frånvaro, inte hur mycket undervisning som erbjudits. Andelar går inte att "
            "räkna för %(count)s av %(of)s elever. Bara regeln om ogiltig frånvaro räknar på dem, och bara "
            "där källan lämnar lektioner."
        ),
        "not_a_school_day": _(
            "%(count)s av %(of)s elevdagar ligger på helg, lov eller annan dag utan skola."
        ),
        "duplicate": _("%(count)s av %(of)s lektioner är dubbletter."),
        "late_corrections": _("%(count)s av %(of)s rättelser gjordes mer än en vecka efter lektionen."),
    }[note.code] % said
