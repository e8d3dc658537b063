"""The rule on one subject. The subject is never named: it would point at one teacher."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from samhandla.detect.rules.chance import Look, best_cell, rejected
from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values, nowhere
from samhandla.detect.rules.panel import Floats, Ints, Panel, group_sums, share
from samhandla.detect.rules.patterns import LEAST_CHANCE, usual_share
from samhandla.lib.i18n import N_

LEAST_LESSONS, LEAST_ELSEWHERE = 10, 50
PRIOR_LESSONS = 20
# Absence comes in runs, so that two missed lessons of a subject say about as much as one chance event.
LESSONS_PER_EVENT = 2


@dataclass(frozen=True)
class TermLessons:
    """Lessons per pupil and subject in one term; `subject` is a number below `count`."""

    pupil: Ints
    subject: Ints
    lessons: Ints
    missed: Ints
    count: int


def term_lessons(subjects: pa.Table, as_of: date) -> TermLessons:
    """Take the term of a day out of rows as declared in SUBJECTS; a lesson without subject is left out."""
    term = f"{'VT' if as_of.month <= 6 else 'HT'}{as_of.year}"
    named = pc.and_(pc.equal(subjects["term"], term), pc.not_equal(subjects["subject"], ""))
    rows = subjects.filter(named)
    coded = rows["subject"].cast(pa.string()).combine_chunks().dictionary_encode()
    pupil, lessons, missed = (rows[name].to_numpy() for name in ("pupil", "lessons", "missed"))
    return TermLessons(pupil, coded.indices.to_numpy(), lessons, missed, len(coded.dictionary))


def with_subjects(panel: Panel, term: TermLessons) -> Panel:
    """Return the panel with lessons offered and missed per subject in a term."""
    if not len(term.pupil) or not len(panel.pupil):
        return panel
    row = np.minimum(np.searchsorted(panel.pupil, term.pupil), len(panel.pupil) - 1)
    known = panel.pupil[row] == term.pupil
    cell = row[known] * term.count + term.subject[known]
    lessons, missed = np.zeros((2, len(panel.pupil) * term.count), np.int64)
    np.add.at(lessons, cell, term.lessons[known])
    np.add.at(missed, cell, term.missed[known])
    shape = len(panel.pupil), term.count
    return replace(panel, subject_lessons=lessons.reshape(shape), subject_missed=missed.reshape(shape))


def subject(panel: Panel, values: Values) -> State:
    """Hold when lessons of one subject are missed more than the pupil's other lessons this term."""
    lessons, missed = panel.subject_lessons, panel.subject_missed
    on = nowhere(panel)
    if not lessons.shape[1]:
        return State(panel.now(on), lambda row, place: {}, on)
    all_lessons, all_missed = (matrix.sum(axis=1, keepdims=True) for matrix in (lessons, missed))
    elsewhere = (all_missed - missed + 1) / (all_lessons - lessons + PRIOR_LESSONS)
    usual = usual_share(panel, missed, lessons, elsewhere)
    chance = np.maximum(np.maximum(elsewhere * np.maximum(_times_usual(panel), 1), usual), LEAST_CHANCE)
    tested = (lessons >= LEAST_LESSONS) & (missed >= values["least"])
    tested &= all_lessons - lessons >= LEAST_ELSEWHERE
    look = Look(missed // LESSONS_PER_EVENT, -(-lessons // LESSONS_PER_EVENT), chance, tested)
    p, cell = best_cell(look)
    last = np.where(panel.taught, np.arange(panel.shape[1]), -1).max(axis=1)
    found = rejected(p, panel.unit, values["rate"]) & (last >= 0)
    on[np.nonzero(found)[0], last[found]] = True

    def numbers(row: int, place: int) -> Numbers:
        hits, of = int(missed[row, cell[row]]), int(lessons[row, cell[row]])
        other = float(all_missed[row, 0] - hits) / max(int(all_lessons[row, 0]) - of, 1)
        return {"hits": hits, "of": of, "other_share": round(other, 4)}

    return State(panel.now(on), numbers, on)


def _times_usual(panel: Panel) -> Floats:
    """Return how many times the unit's usual absence a subject has in the unit; pupils weigh the same."""
    own = share(panel.subject_missed, panel.subject_lessons)
    taught: Ints = (panel.subject_lessons > 0).astype(np.int64)
    sums, counts = (group_sums(rows, panel.unit, len(panel.units.ids)) for rows in (own, taught))
    level = share(sums, counts)
    overall = share(sums.sum(axis=1, keepdims=True), counts.sum(axis=1, keepdims=True))
    return share(level, np.broadcast_to(overall, level.shape))[panel.unit]


RULES = (
    Rule(
        "subject", 1, "pattern", "pupil", N_("Ett ämne mer än andra"),
        N_("Lektionerna i ett av ämnena missas oftare än andra lektioner: {hits} av {of} i terminen, "
           "mot {other_share} i övriga ämnen."),
        (
            Parameter("least", N_("minst så många missade lektioner"), 6, N_("lektioner"), 3, 60),
            Parameter("rate", N_("godtagen andel mönster som är slump"), 0.05, "andel 0–1", 0.001, 0.2),
        ),
        subject, compares=True,
    ),
)  # fmt: skip
