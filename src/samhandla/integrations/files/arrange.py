"""Find repeated and overlapping lessons inside a file, and number a pupil's lessons of the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from samhandla.integrations.files.columns import Coded, Codes, Mask, canonical, combine

AFTER_MIDNIGHT = 24 * 60


def find_repeats(key: Codes, good: Mask) -> tuple[Codes, Codes]:
    """Find rows that repeat the key of an earlier good row.

    Args:
        key: one number per row. good: the rows that can be taken; the first good row of each
            key is the one that is.

    Returns: the places of the repeating rows, and of the row that each of them repeats.
    """
    order = np.argsort(key, kind="stable")
    same = key[order[1:]] == key[order[:-1]]
    if not same.any():
        return order[:0], order[:0]
    several = np.zeros(len(key), dtype=np.bool_)
    several[1:] |= same
    several[:-1] |= same
    order = order[several]
    begins = np.flatnonzero(np.concatenate(([True], key[order[1:]] != key[order[:-1]])))
    places = np.arange(len(order))
    first_good = np.minimum.reduceat(np.where(good[order], places, len(order)), begins)
    first = np.repeat(first_good, np.diff(np.append(begins, len(order))))
    repeats = np.flatnonzero(places > first)
    rows, firsts = order[repeats], order[first[repeats]]
    in_order = np.argsort(rows)
    return rows[in_order], firsts[in_order]


def pupil_days(pupil: Coded[Any], day: Coded[Any]) -> Codes:
    """One number per pupil and day, the days of a pupil in order."""
    days = canonical(day)
    rank = {
        value: place for place, value in enumerate(sorted(days.values, key=lambda value: value or date.min))
    }
    ordinal = days.numbers(lambda value: rank[value])
    return pupil.codes.astype(np.int64) * (len(rank) + 1) + ordinal


def moment_keys(
    pupil_day: Codes,
    start: Coded[int | None],
    slot: Coded[int | None],
    group: Coded[Any],
    subject: Coded[Any],
) -> Codes:
    """One number per pupil, day and moment: the start when known, else lesson number, group and subject."""
    begins = start.numbers(lambda value: -1 if value is None else value)
    unknown = np.flatnonzero(begins < 0)
    if not len(unknown):
        return pupil_day * AFTER_MIDNIGHT + begins
    labels = canonical(combine([column.take(unknown) for column in (slot, group, subject)]))
    width = AFTER_MIDNIGHT + len(labels.values)
    begins[unknown] = AFTER_MIDNIGHT + labels.codes.astype(np.int64)
    return pupil_day * width + begins


def number_in_order(pupil_day: Codes, start: Coded[int | None]) -> Codes:
    """Number each pupil's rows of a day from 1, by start where known, then in file order."""
    begins = start.numbers(lambda value: AFTER_MIDNIGHT if value is None else value)
    order = np.argsort(pupil_day * (AFTER_MIDNIGHT + 1) + begins, kind="stable")
    days = pupil_day[order]
    starts = np.ones(len(days), dtype=np.bool_)
    starts[1:] = days[1:] != days[:-1]
    places = np.arange(len(days))
    slots = np.zeros(len(days), dtype=np.int64)
    slots[order] = places - np.maximum.accumulate(np.where(starts, places, 0)) + 1
    return slots


def find_overlaps(owner: Codes, begins: Codes, length: Codes) -> Codes:
    """Find spans that begin before an earlier span of the same owner has ended.

    Args:
        owner: one number per row, e.g. of pupil and day.
        begins: where the span begins, at least 0; negative is unknown and never overlaps.
        length: how long it is, in the same unit.

    Returns: the place of the row it overlaps, or -1. Of several, the one that ends last.
    """
    result = np.full(len(owner), -1, dtype=np.int64)
    known = np.flatnonzero(begins >= 0)
    if len(known) < 2:
        return result
    order = known[np.lexsort((begins[known], owner[known]))]
    owners = owner[order]
    rank = np.cumsum(np.concatenate(([0], owners[1:] != owners[:-1])))
    room = int((begins[order] + length[order]).max()) + 1
    opened = rank * room + begins[order]
    closed = opened + length[order]
    latest = np.maximum.accumulate(closed)
    which = np.maximum.accumulate(np.where(closed == latest, np.arange(len(order)), 0))
    overlapping = np.flatnonzero((opened[1:] < latest[:-1]) & (owners[1:] == owners[:-1])) + 1
    result[order[overlapping]] = order[which[overlapping - 1]]
    return result


def find_shared_slots(pupil_day: Codes, slot: Coded[int | None]) -> tuple[Codes, Codes]:
    """Find rows whose lesson number the same pupil already has that day, and the rows that have it."""
    numbers = slot.numbers(lambda value: -1 if value is None else value)
    known = np.flatnonzero(numbers >= 0)
    width = int(numbers.max(initial=0)) + 1
    keys = pupil_day[known] * width + numbers[known]
    rows, firsts = find_repeats(keys, np.ones(len(known), dtype=np.bool_))
    return known[rows], known[firsts]
