"""How the figures of the board page are said. One place, so that per cent and percentage points never mix."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samhandla.govern.rules import Change, Definition, Standing, Term, change_of
from samhandla.people.models import SchoolForm


def number(value: Decimal | int | None) -> str:
    """Write a number in Swedish, with a decimal comma and a true minus sign; empty for nothing.

    >>> number(Decimal("-1.5"))
    '−1,5'
    """
    return "" if value is None else str(value).replace(".", ",").replace("-", "\u2212")


def per_cent(value: Decimal) -> str:
    """Write a level or a relative change: always the word procent."""
    return _("%(number)s procent") % {"number": number(value)}


def points(value: Decimal) -> str:
    """Write a difference between two percentages: always the word procentenheter."""
    return _("%(number)s procentenheter") % {"number": number(value)}


def term_name(term: Term) -> str:
    season = _("höstterminen") if term.autumn else _("vårterminen")
    return f"{season} {term.year}"


def form_name(code: str) -> str:
    return str(dict(SchoolForm.choices).get(code, code))


def sex_name(code: str) -> str:
    """Name a group by sex; pages frozen before the unknown were joined to the boys have them apart."""
    names = {"": _("alla"), "K": _("flickor"), "M": _("pojkar")}
    return {**names, "R": _("pojkar och okänt kön"), "O": _("okänt kön")}[code]


def grade_name(grade: int | None) -> str:
    return "" if grade is None else _("årskurs %(grade)s") % {"grade": grade}


def describe_hidden(hidden: str, share_hidden: str, definition: Definition) -> str:
    """Say why a figure is not shown; empty where it is."""
    if hidden == "small":
        return _("färre än %(limit)s elever") % {"limit": definition.group_limit}
    if not hidden and share_hidden == "small":
        return _("färre än %(limit)s elever över gränsen") % {"limit": definition.count_limit}
    return _("döljs så att en annan grupp inte kan räknas ut") if hidden or share_hidden else ""


def describe_sums(by_sums: int | None, *, known: bool) -> str:
    """Say how many of a group are counted by sums of a source without lessons; empty where nobody is.

    Args:
        known: a number that is empty is too small to be shown, and not one that nobody has counted.
    """
    if by_sums:
        return ngettext(
            "%(n)s elev är räknad på summor från en källa utan lektioner.",
            "%(n)s elever är räknade på summor från en källa utan lektioner.",
            by_sums,
        ) % {"n": number(by_sums)}
    return _("Några få elever är räknade på summor.") if by_sums is None and known else ""


def describe_across(pupils: int | None) -> str:
    """Say how many pupils have a sum over days of several terms, counted in none; empty where nobody has.

    Args:
        pupils: None when they are too few to be told.
    """
    if pupils is None:
        return _("Några få elever har summor över mer än en termin. Summorna räknas inte i någon termin.")
    if not pupils:
        return ""
    return ngettext(
        "%(n)s elev har summor över mer än en termin. Summorna räknas inte i någon termin. "
        "Be leverantören om summor per termin eller månad.",
        "%(n)s elever har summor över mer än en termin. Summorna räknas inte i någon termin. "
        "Be leverantören om summor per termin eller månad.",
        pupils,
    ) % {"n": number(pupils)}


def describe_change(now: Decimal, before: Decimal, since: str) -> str:
    """Say how a percentage has changed. The only place that words a change.

    Args:
        now, before: printed percentages, e.g. Decimal("14.9").
        since: the earlier period in words, e.g. "vårterminen 2024".
    """
    change = change_of(now, before)
    levels = {"now": per_cent(now), "before": per_cent(before), "since": since}
    if change.points == 0:
        return _("Oförändrat jämfört med %(since)s: %(now)s.") % levels
    said = {**levels, "points": points(abs(change.points))}
    if change.points < 0:
        text = _("Minskade med %(points)s jämfört med %(since)s, från %(before)s till %(now)s.") % said
    else:
        text = _("Ökade med %(points)s jämfört med %(since)s, från %(before)s till %(now)s.") % said
    return f"{text} {_relative(change)}".strip()


def _relative(change: Change) -> str:
    if change.relative is None:
        return ""
    return _("Det är en relativ förändring med %(relative)s av den tidigare nivån.") % {
        "relative": per_cent(abs(change.relative))
    }


def describe_goal(kind: str, target: Decimal, base: Decimal | None, since: str) -> str:
    """Say what a goal means."""
    if kind == "at_most":
        return _("Andelen ska vara högst %(target)s.") % {"target": per_cent(target)}
    amount = points(target) if kind == "fall_points" else per_cent(target)
    if base is None:
        return _("Andelen ska minska med %(amount)s. Utgångsläget är inte känt.") % {"amount": amount}
    said = {"amount": amount, "base": per_cent(base), "since": since}
    if kind == "fall_points":
        return _("Andelen ska minska med %(amount)s från %(base)s (%(since)s).") % said
    return _("Andelen ska minska med %(amount)s av utgångsläget %(base)s (%(since)s).") % said


def describe_standing(standing: Standing) -> str:
    """Say how far it is to a goal."""
    amount = points if standing.unit == "points" else per_cent
    if standing.unit == "percent":
        if standing.is_reached:
            return _("Utfallet är %(now)s: målvärdet är nått.") % {"now": per_cent(standing.reached)}
        said = {"now": per_cent(standing.reached), "left": points(standing.left)}
        return _("Utfallet är %(now)s: %(left)s över målvärdet.") % said
    said = {
        "reached": amount(abs(standing.reached)),
        "left": amount(standing.left),
        "done": per_cent(Decimal(standing.done_percent or 0)),
    }
    if standing.reached < 0:
        return _("Andelen har ökat med %(reached)s sedan utgångsläget; %(left)s återstår.") % said
    if standing.is_reached:
        return _("Minskningen är %(reached)s: målet är nått.") % said
    if standing.unit == "points":
        return _("Minskningen är %(reached)s: %(done)s av målet, %(left)s återstår.") % said
    # A gap between two relative changes is again a difference between percentages.
    said["left"] = points(standing.left)
    return _("Minskningen är %(reached)s av utgångsläget: %(done)s av målet, %(left)s återstår.") % said


def limit_in_words(share: str) -> str:
    """Write a limit that is kept as a share, without needless decimals: "0.150" is 15 procent."""
    return per_cent(Decimal(format((Decimal(share) * 100).normalize(), "f")))


def describe_definition(definition: Definition) -> list[str]:
    """Say what is counted, one sentence per line; the same words for every board."""
    threshold = limit_in_words(definition.threshold)
    low = limit_in_words(definition.low_reporting)
    forms = ", ".join(form_name(code) for code in definition.forms)
    return [
        _("Andel elever vars frånvaro är över %(limit)s av den erbjudna undervisningstiden under terminen.")
        % {"limit": threshold},
        _("Frånvaron är bara ogiltig frånvaro, i minuter.")
        if definition.absence == "invalid"
        else _("Frånvaron är giltig och ogiltig frånvaro tillsammans, i minuter."),
        _(
            "I Antal elever räknas de som är inskrivna den sista dag som uppgifterna omfattar "
            "och har haft undervisning."
        ),
        _("I Saknas räknas elever utan någon registrerad undervisningstid."),
        _(
            "Elever vars skola bara lämnar summor räknas på dem: på perioder som ligger helt i terminen, "
            "ingen dag två gånger och ingen dag som har lektioner. Det står hur många de är."
        ),
        _("Elever med anpassad studiegång räknas inte, eftersom deras timplan inte är den överenskomna."),
        _("Skolformer: %(forms)s.") % {"forms": forms},
        ngettext(
            "Grupper med färre än %(limit)s elev visas inte.",
            "Grupper med färre än %(limit)s elever visas inte, inte heller så att de går att räkna ut.",
            definition.group_limit,
        )
        % {"limit": definition.group_limit},
        _("Andelen visas inte där 1–%(most)s elever är över gränsen.") % {"most": definition.count_limit - 1}
        if definition.count_limit > 1
        else _("Andelen visas hur få elever som än är över gränsen."),
        _("Andra grupper döljs bara där en liten grupp annars går att räkna ut."),
        _("Elever vars kön inte är känt räknas tillsammans med pojkarna, där det står så."),
        _("Siffror är grå där andelen registrerade lektioner är under %(low)s.") % {"low": low},
    ]


def describe_obstacle(code: str) -> str:
    """Say what speaks against comparing two terms."""
    return {
        "definition": _("definitionen har ändrats"),
        "low_reporting": _("andelen registrerade lektioner är låg eller okänd någon av terminerna"),
        "reporting_differs": _(
            "andelen registrerade lektioner skiljer sig mer än 10 procentenheter mellan terminerna"
        ),
    }[code]


def describe_not_comparable(what: str, reasons: list[str]) -> str:
    """Say that a figure has nothing to be compared with, and why; one sentence per reason."""
    return " ".join(
        _("Inte jämförbart med %(what)s eftersom %(why)s.") % {"what": what, "why": why} for why in reasons
    )


def base_name() -> str:
    """Say where a goal counts from when its base is a figure that somebody gave."""
    return _("enligt nämndens mål")


def number_text(percent: str | None) -> str:
    """Write a printed percentage that is kept as text; a dash when there is none."""
    return "–" if percent is None else per_cent(Decimal(percent))
