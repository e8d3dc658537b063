"""Decisions of the register: data and dates in, verdict and reasons out."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from samhandla.lib.schoolcalendar import TermDates
from samhandla.trust.roles import GROUP_ROLES, ROLES

LONGEST_TERM = 400  # days; a term that is longer is a slip of the year
ADULT_AGE = 18
LAST_SCHOOL_YEAR = 10  # of any form
OWN_RIGHT_IN_SCHOOL_AGE = 16  # skollagen 29 kap. 12 §

# Rights follow the kind; god man, familjehem, umgängesförälder, "annan" and unknown have none here.
# Source: föräldrabalken 6 kap.; domain reference T25.
KINDS_WITH_RIGHTS = ("vardnadshavare", "sarskilt_forordnad")

# Strictest first.
PROTECTION_ORDER = ("protected", "marked", "unknown", "none")
MASKED = frozenset({"protected", "marked"})
# Mentor, principal and the pupil-health team proper; also when they come as somebody's stand-in.
ROLES_THAT_OPEN_PROTECTED = frozenset(
    {
        "mentor",
        "class_teacher",
        "principal",
        "deputy_principal",
        "counsellor",
        "special_needs_teacher",
        "psychologist",
    }
)

# What a head of a school gives and ends there. The heads themselves, and every role that concerns more than
# the school, are given by whoever keeps the authority's duties.
SCHOOL_ROLES = frozenset(
    {
        "attendance_officer",
        "career_counsellor",
        "coach",
        "counsellor",
        "coordinator",
        "psychologist",
        "school_doctor",
        "school_nurse",
        "school_social_worker",
        "social_pedagogue",
        "special_needs_teacher",
        "teacher",
        "wellbeing_coach",
        "work_team_leader",
    }
)
HEAD_ROLES = frozenset({"principal", "deputy_principal"})  # lead school units (skollagen 2 kap. 9 §)
SCHOOL_KINDS = frozenset({"school", "school_unit"})
# Families and jobs have theirs from the register, leaders of groups from the group, partners have no page.
GIVEN_BY_KEEPER = frozenset(
    role.code
    for role in ROLES.values()
    if role.permissions and role.code not in {"guardian", "child", "service", *GROUP_ROLES}
)
GROUP_TASKS = (*GROUP_ROLES, "teacher")
LONGEST_DUTY = 3660  # days; ten years, so that a slip of the year is seen

COMPULSORY_FORMS = frozenset({"FKLASS", "GR", "GRS", "SP", "SAM"})
UPPER_SECONDARY_FORMS = frozenset({"GY", "GYS"})


def birthday(born: date, age: int) -> date:
    """Return the day somebody turns `age`; a leap-day child's is 28 February in ordinary years.

    Source: lag (1930:173) om beräkning av lagstadgad tid 1 § (no such day: the last of the month), mark P.

    >>> birthday(date(2008, 2, 29), 18)
    datetime.date(2026, 2, 28)
    """
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return born.replace(year=year)


def age_on(born: date, day: date) -> int:
    """Return the age in whole years on a day.

    >>> age_on(date(2010, 5, 2), date(2026, 5, 1))
    15
    """
    age = day.year - born.year
    return age if birthday(born, age) <= day else age - 1


def guardian_rights(kind: str, born: date | None, day: date) -> bool:
    """Tell whether a guardianship gives rights on a day: by its kind, and only until the child is 18.

    Without a date of birth nobody knows, and nobody gets rights.
    """
    return kind in KINDS_WITH_RIGHTS and born is not None and day < birthday(born, ADULT_AGE)


def guardian_standing(kind: str, born: date | None, first: date, last: date | None, day: date) -> str:
    """Return why an adult has a right to insight on a day, or why not, as a code.

    Returns: `right`, or what is missing: `kind`, `not_begun`, `ended`, `no_birth_date`, `adult`.

    >>> guardian_standing("vardnadshavare", date(2010, 5, 2), date(2020, 1, 1), None, date(2028, 5, 2))
    'adult'
    """
    if kind not in KINDS_WITH_RIGHTS:
        return "kind"
    if day < first:
        return "not_begun"
    if last is not None and day > last:
        return "ended"
    if born is None:
        return "no_birth_date"
    return "adult" if is_adult(born, day) else "right"


def speaks_for_self(born: date | None, day: date) -> bool:
    """Tell whether the pupil speaks for itself in school matters.

    Source: skollagen 29 kap. 12 § (16 years).
    """
    return born is not None and day >= birthday(born, OWN_RIGHT_IN_SCHOOL_AGE)


def is_adult(born: date | None, day: date) -> bool:
    return born is not None and day >= birthday(born, ADULT_AGE)


def strictest(markings: Iterable[str]) -> str:
    """Return the strictest of some markings; none given is unknown.

    >>> strictest(["none", "unknown"]), strictest(["unknown", "marked"]), strictest([])
    ('unknown', 'marked', 'unknown')
    """
    return min(markings, key=PROTECTION_ORDER.index, default="unknown")


def effective_protection(child: str, guardians: Iterable[str], siblings: Iterable[str]) -> str:
    """Return the marking that counts for a child: the strictest among itself, its guardians and siblings.

    An adult of any kind counts, and one whose guardianship has ended counts too: whoever asks for a
    marked adult must not find it through the child. The database does the same (`derivation`).
    Source: integrations reference, protected identity.

    >>> effective_protection("none", ["none", "protected"], [])
    'protected'
    """
    return strictest([child, *guardians, *siblings])


def is_masked(protection: str) -> bool:
    """Tell whether a marking hides the name in lists, search and exports.

    An unknown marking does not: it is shown as unknown to whoever keeps the register.
    """
    return protection in MASKED


def opens_protected(accesses: Iterable[tuple[str, str]]) -> bool:
    """Tell whether somebody may read a protected child's name on the child's own page.

    Args:
        accesses: reason and role of each of the reader's ways to the child today.
    """
    return any(reason == "named" or role in ROLES_THAT_OPEN_PROTECTED for reason, role in accesses)


@dataclass(frozen=True)
class Label:
    """What a school year of a form is called from a day on; unapproved ones have an empty approver."""

    valid_from: date
    form: str
    school_year: int
    label: str
    source: str = ""
    approved_by: str = ""


def grade_label(labels: Iterable[Label], form: str, school_year: int | None, on: date) -> str:
    """Return what a school year is called on a day; its plain number when no label is given.

    >>> both = [Label(date(2011, 7, 1), "GR", 6, "6"), Label(date(2028, 7, 1), "GR", 6, "7")]
    >>> grade_label(both, "GR", 6, date(2028, 6, 30)), grade_label(both, "GR", 6, date(2028, 7, 1))
    ('6', '7')
    """
    if school_year is None:
        return ""
    fitting = [
        one for one in labels if one.form == form and one.school_year == school_year and one.valid_from <= on
    ]
    latest = max(fitting, key=lambda one: one.valid_from, default=None)
    return latest.label if latest else str(school_year)


def label_problem(form: str, school_year: int, label: str, source: str, forms: Iterable[str]) -> str:
    """Return the code of what is wrong with a school year's name; empty when nothing is.

    >>> label_problem("GR", 12, "12", "Skollagen", ["GR"])
    'no_such_year'
    """
    if form not in set(forms) or not 0 <= school_year <= LAST_SCHOOL_YEAR:
        return "no_such_year"
    return "" if label.strip() and source.strip() else "label_or_source_missing"


def terms_in_force(levels: Sequence[Sequence[TermDates]]) -> list[TermDates]:
    """Return the terms that count for a unit: of two with the same name the nearest level's.

    Args:
        levels: the unit's own terms, then those of the organisation above it, and so on.
    """
    found: dict[str, TermDates] = {}
    for terms in levels:
        for term in terms:
            found.setdefault(term.name, term)
    return sorted(found.values(), key=lambda term: term.first)


def period_problem(name: str, first: date, last: date, others: Iterable[TermDates]) -> str:
    """Return the code of what is wrong with a term's days beside the other terms; empty when nothing is.

    >>> autumn = TermDates("HT26", date(2026, 8, 17), date(2026, 12, 18))
    >>> period_problem("VT27", date(2026, 12, 1), date(2027, 6, 11), [autumn])
    'overlaps'
    """
    if last < first:
        return "last_before_first"
    if (last - first).days > LONGEST_TERM:
        return "too_long"
    if any(o.name != name and first <= o.last and o.first <= last for o in others):
        return "overlaps"
    return ""


def stand_in_problem(*, absent: int, stand_in: int, first: date, last: date, today: date) -> str:
    """Return the code of what is wrong with a stand-in's days; empty when nothing is.

    >>> stand_in_problem(absent=1, stand_in=1, first=date(2026, 9, 1), last=date(2026, 9, 1),
    ...     today=date(2026, 9, 1))
    'same_person'
    """
    if absent == stand_in:
        return "same_person"
    if last < first:
        return "last_before_first"
    return "in_the_past" if last < today else ""


def roles_given_by(roles: Iterable[str]) -> frozenset[str]:
    """Return the roles that somebody with these roles may give to others, and end.

    >>> sorted(roles_given_by(["mentor"])), "principal" in roles_given_by(["principal"])
    ([], False)
    """
    held = set(roles)
    if "data_administrator" in held:
        return GIVEN_BY_KEEPER
    if "principal" in held:
        return SCHOOL_ROLES | {"deputy_principal", "school_administrator"}
    return SCHOOL_ROLES | {"school_administrator"} if "deputy_principal" in held else frozenset()


def duty_problem(role: str, unit_kind: str, first: date, last: date | None, today: date) -> str:
    """Return the code of what is wrong with a duty that somebody gives by hand; empty when nothing is.

    It never begins before today: a right that nobody had then must not stand in the history.

    >>> duty_problem("principal", "board", date(2026, 9, 1), None, date(2026, 9, 1))
    'needs_school'
    """
    if last is not None and last < first:
        return "last_before_first"
    if first < today:
        return "begins_in_the_past"
    if (first - today).days > LONGEST_DUTY or (last is not None and (last - first).days > LONGEST_DUTY):
        return "too_far"
    return "needs_school" if role in HEAD_ROLES and unit_kind not in SCHOOL_KINDS else ""


def may_keep_account(keeper: Iterable[str], owner: Iterable[str]) -> bool:
    """Tell whether somebody may open, renew or close the account of somebody with these roles.

    Whoever makes the one-time link can read it. A school's administrator therefore keeps the accounts of
    those who work with pupils there, never those of a head or of somebody who keeps accounts.

    >>> may_keep_account(["school_administrator"], ["mentor", "teacher"])
    True
    >>> may_keep_account(["school_administrator"], ["mentor", "principal"])
    False
    """
    if "data_administrator" in keeper:
        return True
    return "school_administrator" in keeper and set(owner) <= SCHOOL_ROLES | set(GROUP_TASKS)
