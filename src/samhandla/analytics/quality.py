"""Data quality, shown before any list of pupils: what the figures can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from samhandla.analytics.measures.declare import ratio
from samhandla.analytics.tables.attendance import LESSONS, MAX_LESSON_MINUTES
from samhandla.lib.i18n import N_

# Below this share of registered teaching every figure is greyed. Ours: the law and the reports give no
# share. Each authority may set its own (`QualitySetting`); this is the only place with the number.
APART = "\x1f"  # between a class's name and what tells it apart; no name has it
LOW_REPORTING = 0.80
LEAST_MINUTES = 3000  # absence needed before "only one code" says anything: about ten days
LATE_DAYS = 7  # a correction later than this many days reaches no weekly list in time

SENTENCES = {
    "negative_minutes": N_("{count} lektioner har negativa minuter och räknas inte."),
    "no_teaching": N_("{count} rader har inga undervisningsminuter och räknas inte."),
    "over_long": N_("{count} lektioner är längre än {limit} minuter och räknas inte."),
    "absence_over_offered": N_("{count} lektioner har mer frånvaro än undervisning och räknas inte."),
    "duplicate": N_("{count} rader är dubbletter (samma elev, dag och starttid); den sista räknas."),
    "not_a_school_day": N_("{count} av {of} elevdagar ligger på dagar utan skola, som helg och lov; "
                           "de räknas inte."),
    "unknown_pupil": N_("{count} elever i närvarodata finns inte i elevregistret; de räknas inte."),
    "low_reporting": N_("Andel registrerade lektioner är {share}: siffrorna är osäkra."),
    "unreported_unit": N_("På {where} är bara {share} av undervisningen registrerad."),
    "unreported_class": N_("I {where} är bara {share} av undervisningen registrerad."),
    "one_code_class": N_("I {where} används bara en frånvarokod ({word}), {count} minuter: "
                         "koden går inte att lita på."),
    "code_never_used": N_("På {where} används aldrig koden {word}: "
                          "siffror om giltig och ogiltig går inte att jämföra."),
    "no_teaching_pupil": N_("{count} av {of} elever saknar erbjuden undervisning i perioden."),
    "adapted": N_(
        "{count} av {of} elever har anpassad studiegång eller har invänt mot reglerna:"
        " de visas, men räknas inte."
    ),
    "absence_only": N_("Underlaget har nästan bara frånvaro ({share} av undervisningen). "
                       "Lektioner med närvaro saknas, "
                       "så andelar går inte att räkna."),
    "late_corrections": N_("{count} av {of} rättelser gjordes mer än en vecka efter lektionen."),
}  # fmt: skip
WORDS = {"valid": N_("giltig"), "invalid": N_("ogiltig")}


@dataclass(frozen=True)
class Finding:
    """One thing found in the data.

    Attributes:
        code: which check; its sentence stands in SENTENCES.
        count, of: how many of how many (rows, pupils, minutes), see the sentence.
        text: the sentence in Swedish.
        unit, class_id: where, when the finding is about one unit or class.
        words: what stands in the sentence, for a page that has the unit's own name or another language.
    """

    code: str
    count: int
    of: int
    text: str
    unit: int | None = None
    class_id: int | None = None
    words: Mapping[str, object] = field(default_factory=dict)


def set_aside(lessons: pa.Table) -> tuple[pa.Table, list[Finding]]:
    """Part the lessons that can be counted from those that cannot be right.

    Nothing is deleted: the caller keeps the original, and each kind is reported with its count.

    Returns: the plausible lessons, and one finding per kind that was found.
    """
    columns = {name: lessons[name].to_numpy() for name in ("offered", "present", "valid", "invalid", "other")}
    offered = columns["offered"].astype(np.int64)
    absent = columns["valid"].astype(np.int64) + columns["invalid"]
    masks = {
        "negative_minutes": np.minimum.reduce(list(columns.values())) < 0,
        "no_teaching": offered == 0,
        "over_long": offered > MAX_LESSON_MINUTES,
        "absence_over_offered": absent > offered,
        "duplicate": _doubles(lessons),
    }
    bad = np.zeros(lessons.num_rows, bool)
    findings = []
    for code, mask in masks.items():
        count = int((mask & ~bad).sum())
        bad |= mask
        if count:
            findings.append(_finding(code, count, lessons.num_rows, limit=MAX_LESSON_MINUTES))
    return lessons.filter(pa.array(~bad)), findings


def _doubles(lessons: pa.Table) -> np.ndarray:
    """Mark every row but the last of each pupil, day and start."""
    keys = [lessons[name].to_numpy() for name in LESSONS.key]
    order = np.lexsort((np.arange(lessons.num_rows), *reversed(keys)))
    out = np.zeros(lessons.num_rows, bool)
    if lessons.num_rows > 1:
        out[order[:-1]] = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
    return out


def examine(days: ibis.Table, pupils: ibis.Table, calendar: ibis.Table) -> list[Finding]:
    """Run every check that the day rows allow, the gravest for the figures first."""
    return [
        *check_reporting(days, pupils),
        *check_absence_only(days),
        *check_codes(days, pupils),
        *check_days(days, calendar),
        *check_pupils(days, pupils),
    ]


def reporting_rate(days: ibis.Table) -> float | None:
    """Return registered teaching as a share of offered teaching, nothing without teaching."""
    row = days.agg(offered=days.offered.sum(), reported=days.reported.sum()).to_pyarrow().to_pylist()[0]
    return row["reported"] / row["offered"] if row["offered"] else None


def check_reporting(days: ibis.Table, pupils: ibis.Table) -> list[Finding]:
    """Find units and classes where much of the teaching was never registered."""
    rate = reporting_rate(days)
    findings = []
    if rate is not None and rate < LOW_REPORTING:
        findings.append(_finding("low_reporting", 0, 0, share=_per_cent(rate)))
    units = days.group_by("unit").agg(offered=days.offered.sum(), reported=days.reported.sum())
    members = pupils.select("pupil", "class_id", "class_name")
    joined = days.inner_join(members, "pupil")
    joined = joined.filter(joined.class_id > 0)
    classes = joined.group_by("class_id", "class_name").agg(
        unit=joined.unit.min(), offered=joined.offered.sum(), reported=joined.reported.sum()
    )
    low_units = set()
    for code, table in (("unreported_unit", units), ("unreported_class", classes)):
        low = table.mutate(rate=ratio(table.reported, table.offered)).filter(ibis._.rate < LOW_REPORTING)
        for row in low.order_by(["rate", "unit"]).to_pyarrow().to_pylist():
            if code == "unreported_unit":
                low_units.add(row["unit"])
            elif row["unit"] in low_units:
                continue  # the unit has been named; its classes would only repeat it
            missing = row["offered"] - row["reported"]
            findings.append(_finding(code, missing, row["offered"], row, share=_per_cent(row["rate"])))
    return findings


def check_absence_only(days: ibis.Table) -> list[Finding]:
    """Find registers that hold absence only, so that no share can be computed."""
    row = (
        days.agg(offered=days.offered.sum(), absent=(days.valid + days.invalid).sum())
        .to_pyarrow()
        .to_pylist()[0]
    )
    share = row["absent"] / row["offered"] if row["offered"] else 0.0
    if share < 0.9:
        return []
    return [_finding("absence_only", row["absent"], row["offered"], share=_per_cent(share))]


def check_codes(days: ibis.Table, pupils: ibis.Table) -> list[Finding]:
    """Find units that never use a code, and other classes in which all absence has one code."""
    units = _codes(days, ["unit"])
    findings = [
        _finding("code_never_used", 0, row["valid"] + row["invalid"], row, word=WORDS[unused])
        for row in units
        if (unused := _unused(row))
    ]
    silent = {finding.unit for finding in findings}
    members = pupils.select("pupil", "class_id", "class_name")
    joined = days.inner_join(members, "pupil")
    for row in _codes(joined.filter(joined.class_id > 0), ["unit", "class_id", "class_name"]):
        unused = _unused(row)
        if unused and row["unit"] not in silent:
            used = "invalid" if unused == "valid" else "valid"
            findings.append(_finding("one_code_class", row[used], row[used], row, word=WORDS[used]))
    return findings


def _codes(days: ibis.Table, by: list[str]) -> list[dict[str, Any]]:
    sums = days.group_by(*by).agg(valid=days.valid.sum(), invalid=days.invalid.sum())
    enough = sums.filter(sums.valid + sums.invalid >= LEAST_MINUTES)
    return enough.order_by(by).to_pyarrow().to_pylist()  # type: ignore[no-any-return]  # pyarrow has no types


def _unused(row: dict[str, Any]) -> str:
    return next((code for code in WORDS if row[code] == 0), "")


def check_days(days: ibis.Table, calendar: ibis.Table) -> list[Finding]:
    """Find attendance on days that are no school day of the unit."""
    stray = days.anti_join(calendar, ["unit", "date"])
    count = stray.count().to_pyarrow().as_py()
    return [_finding("not_a_school_day", count, days.count().to_pyarrow().as_py())] if count else []


def check_pupils(days: ibis.Table, pupils: ibis.Table) -> list[Finding]:
    """Find pupils that the register does not know, that have no teaching, or an adapted timetable."""
    seen = days.select("pupil").distinct()
    total = pupils.count().to_pyarrow().as_py()
    counts = {
        "unknown_pupil": seen.anti_join(pupils, "pupil").count(),
        "no_teaching_pupil": pupils.anti_join(seen, "pupil").count(),
        "adapted": pupils.filter(pupils.adapted).count(),
    }
    found = {code: count.to_pyarrow().as_py() for code, count in counts.items()}
    return [_finding(code, count, total) for code, count in found.items() if count]


def _finding(code: str, count: int, of: int, row: dict[str, Any] | None = None, **given: object) -> Finding:
    row = row or {}
    unit = row.get("unit")
    where = row.get("class_name") or (f"enhet {unit}" if unit else "enheten")
    words = {"count": count, "of": of, "where": where, **given}
    return Finding(code, count, of, SENTENCES[code].format(**words), unit, row.get("class_id"), words)


def _per_cent(share: float) -> str:
    return f"{share * 100:.0f}\u00a0%"


def told_apart(kind: str, value: object) -> str:
    """Return what is added to one of several classes with one name, as it is stored.

    Args:
        kind: `grade`, `from` (the day it began) or `number`; worded when somebody reads it.
    """
    return f"{APART}{kind}={value}"


def class_of(subject: str) -> tuple[str, str, str]:
    """Return a stored class's name, and what tells it apart: kind and value, empty where nothing does.

    >>> class_of("7A" + told_apart("grade", 7))
    ('7A', 'grade', '7')
    """
    name, _sign, added = subject.partition(APART)
    kind, _equals, value = added.partition("=")
    return name, kind, value
