"""The legal scenarios, each with its source, against the guide on the law as delivered."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from samhandla.secrecy.rules.guide import Answer, Question, Waiver, decide
from samhandla.secrecy.rules.law import LAWFUL_MARKS, Law, seeded
from samhandla.secrecy.rules.walls import PLACES, Place, Settings

TOLD = tomllib.loads((Path(__file__).parent / "scenarios.toml").read_text("utf-8"))
SCENARIOS = [{**TOLD["defaults"], **row} for row in TOLD["scenario"]]
ASKED = {
    "what", "from", "to", "age", "on", "at_hand", "waiver", "suspicion", "danger", "decision",
    "guardian_may_harm", "custody", "routes", "joined", "answer", "wall", "under", "unapproved", "also",
    "why", "source",
}  # fmt: skip


def approved_law() -> Law:
    """The law as a lawyer would approve it: what is verified, never what is a question."""
    law = seeded()
    openings = tuple(dataclasses.replace(o, approved=o.mark != "NV") for o in law.openings)
    return dataclasses.replace(law, openings=openings)


def place(told) -> Place:
    branch, authority = told
    return Place(branch, authority or None)


def verdict_of(told, law):
    question = Question(
        sender=place(told["from"]),
        recipient=place(told["to"]),
        age=told["age"],
        on=told["on"],
        circumstances=frozenset(told.get("at_hand", ())),
        waiver=Waiver(told.get("waiver", "missing")),
        suspicion=told.get("suspicion", False),
        danger=told.get("danger", False),
        decision=told.get("decision", False),
        guardian_may_harm=told.get("guardian_may_harm", False),
        has_custody=told.get("custody", True),
        routes=frozenset(told.get("routes", ())),
    )
    joined = told.get("joined", ())
    return decide(question, law, Settings(preschool_is_apart="preschool" not in joined))


@pytest.mark.parametrize("told", SCENARIOS, ids=[row["what"] for row in SCENARIOS])
def test_the_guide_ends_as_the_law_says(told):
    found = verdict_of(told, approved_law())
    assert found.answer == told["answer"]
    assert [o.code for o in found.openings] == told.get("under", [o.code for o in found.openings])
    assert [o.code for o in found.unapproved] == told.get("unapproved", [])
    assert list(found.also) == told.get("also", [])
    assert list(found.why) == told.get("why", list(found.why))
    assert found.wall == told.get("wall", found.wall)


@pytest.mark.parametrize("told", SCENARIOS, ids=[row["what"] for row in SCENARIOS])
def test_nothing_unapproved_opens_anything(told):
    """As delivered nothing is approved: left are the duty to report, rights, and where there is no wall."""
    found = verdict_of(told, seeded())
    assert found.answer not in (Answer.YES, Answer.MUST) or found.why == ("adult",)


def test_there_are_enough_and_each_has_its_source():
    assert len(SCENARIOS) >= 50
    assert all(row["source"] and set(row) <= ASKED for row in SCENARIOS)
    assert len({row["what"] for row in SCENARIOS}) == len(SCENARIOS)


def test_every_opening_is_met_by_a_scenario():
    met = {code for row in SCENARIOS for code in (*row.get("under", ()), *row.get("unapproved", ()))}
    missing = {o.code for o in seeded().openings} - met
    assert missing == {"own_work"}, "narrow, and asked in its own test"


def test_own_work_opens_only_when_it_is_necessary():
    told = {**TOLD["defaults"], "from": ["school", 1], "to": ["social", 2]}
    assert verdict_of(told, approved_law()).answer == "waiver"
    found = verdict_of({**told, "at_hand": ["necessity"]}, approved_law())
    assert (found.answer, [o.code for o in found.openings]) == ("yes", ["own_work"])


def test_the_law_as_delivered_names_real_places_and_marks():
    for opening in seeded().openings:
        places = {p.removeprefix("own_") for p in (*opening.starts, *opening.ends)}
        assert places <= {*PLACES, "any"}, opening.code
        assert opening.mark in LAWFUL_MARKS
        assert opening.source
        assert not opening.approved
