"""What the simulator does not make by itself: a lesson of the week that part of a class leaves.

So that the demonstration has something to show the principal of a school: a pattern that is the school's
to look into, not a pupil's.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from samhandla.integrations.simulator.records import School

FIRST_GRADE = 7  # where pupils have mentors
WEEKDAYS = (3, 1)  # Thursday in the first class, Tuesday in the second
EVERY = 4  # one pupil of so many …
SHARE = 0.6  # … leaves so often
SEED = 7


def with_left_lessons(school: School, lessons: pa.Table) -> pa.Table:
    """Return a school's lessons where two classes' last lesson of a day is left by some, when it has such.

    Args:
        lessons: rows of the declared lessons table.
    """
    classes = [g for g in school.groups if g.kind == "Klass" and g.form == "GR" and g.grade >= FIRST_GRADE]
    pupil = lessons["pupil"].to_numpy()
    days = lessons["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    start = lessons["start"].to_numpy()
    present = lessons["present"].to_numpy() > 0
    left = np.zeros(len(pupil), bool)
    chance = np.random.default_rng(SEED + school.index)
    for group, weekday in zip(classes, WEEKDAYS, strict=False):
        mine = np.isin(pupil, sorted(group.members)[::EVERY]) & ((days + 3) % 7 == weekday)
        rows = np.nonzero(mine)[0]
        order = rows[np.lexsort((start[rows], days[rows], pupil[rows]))]
        last = np.ones(len(order), bool)
        last[:-1] = (pupil[order][1:] != pupil[order][:-1]) | (days[order][1:] != days[order][:-1])
        left[order[last]] = chance.random(int(last.sum())) < SHARE
    left &= present & lessons["reported"].to_numpy(zero_copy_only=False)
    changed = {"present": 0, "valid": 0, "other": 0, "invalid": lessons["offered"].to_numpy()}
    for name, value in changed.items():
        place = lessons.schema.get_field_index(name)
        field = lessons.schema.field(place)
        column = np.where(left, value, lessons[name].to_numpy())
        lessons = lessons.set_column(place, field, pa.array(column).cast(field.type))
    return lessons
