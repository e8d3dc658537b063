"""Every write of the register. Each takes `by=` and records an event."""

from samhandla.people.actions.authorities import derive_access, found_authority, open_account, open_actor
from samhandla.people.actions.children import (
    end_memberships,
    enrol_child,
    mark_missing,
    move_child,
    open_guardianship,
    place_in_group,
    register_child,
    register_guardian,
    store_personnummer,
    update_child,
)
from samhandla.people.actions.schooldays import add_break, number_school_days, set_term
from samhandla.people.actions.staff import (
    assign_group,
    end_duty,
    give_duty,
    register_staff,
    save_group,
    save_organisation,
    set_stand_in,
)

__all__ = [
    "add_break",
    "assign_group",
    "derive_access",
    "end_duty",
    "end_memberships",
    "enrol_child",
    "found_authority",
    "give_duty",
    "mark_missing",
    "move_child",
    "number_school_days",
    "open_account",
    "open_actor",
    "open_guardianship",
    "place_in_group",
    "register_child",
    "register_guardian",
    "register_staff",
    "save_group",
    "save_organisation",
    "set_stand_in",
    "set_term",
    "store_personnummer",
    "update_child",
]
