"""The register.

Nouns: organisation, area, calendar day, break, child, child identity, guardian, guardianship,
enrolment, staff, duty, group, membership, assignment, substitution, named staff, conflict (jäv),
grade label, processing limit.
"""

from samhandla.people.models.base import ChildRow
from samhandla.people.models.children import (
    Child,
    ChildIdentity,
    Enrolment,
    Guardian,
    Guardianship,
    GuardianshipKind,
    Protection,
    Sex,
)
from samhandla.people.models.groups import Group, GroupKind, Membership
from samhandla.people.models.limits import ProcessingLimit
from samhandla.people.models.logs import FamilyLogClearance, LogReview, LogReviewRow
from samhandla.people.models.organisations import Area, GradeLabel, Organisation, SchoolForm
from samhandla.people.models.schooldays import Break, SchoolDay, Term
from samhandla.people.models.staff import Assignment, Duty, Staff, Substitution
from samhandla.people.models.withheld import Conflict, NamedStaff

__all__ = [
    "Area",
    "Assignment",
    "Break",
    "Child",
    "ChildIdentity",
    "ChildRow",
    "Conflict",
    "Duty",
    "Enrolment",
    "FamilyLogClearance",
    "GradeLabel",
    "Group",
    "GroupKind",
    "Guardian",
    "Guardianship",
    "GuardianshipKind",
    "LogReview",
    "LogReviewRow",
    "Membership",
    "NamedStaff",
    "Organisation",
    "ProcessingLimit",
    "Protection",
    "SchoolDay",
    "SchoolForm",
    "Sex",
    "Staff",
    "Substitution",
    "Term",
]
