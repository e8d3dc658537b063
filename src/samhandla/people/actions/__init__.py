"""Every write of the register. Each takes `by=` and records an event."""

from samhandla.people.actions.accounts import (
    OneTimeLink,
    close_account,
    open_account_by_name,
    open_accounts,
    renew_link,
)
from samhandla.people.actions.areas import make_areas, set_unit_area
from samhandla.people.actions.authorities import (
    derive_access,
    derive_protection,
    found_authority,
    open_account,
    open_actor,
)
from samhandla.people.actions.children import (
    end_memberships,
    enrol_child,
    mark_missing,
    move_child,
    open_guardianship,
    place_in_group,
    register_child,
    register_guardian,
    set_adapted,
    store_personnummer,
    update_child,
)
from samhandla.people.actions.duties import (
    assign_group,
    end_assignment_now,
    end_duty,
    end_duty_now,
    end_stand_in,
    give_duty,
    set_stand_in,
)
from samhandla.people.actions.labels import approve_labels, set_label
from samhandla.people.actions.reading import (
    find_by_personnummer,
    note_reading,
    open_protected,
    read_personnummer,
)
from samhandla.people.actions.schooldays import (
    add_break,
    number_school_days,
    remove_break,
    remove_term,
    renumber_below,
    set_term,
)
from samhandla.people.actions.staff import register_staff, save_group, save_organisation

__all__ = [
    "OneTimeLink",
    "add_break",
    "approve_labels",
    "assign_group",
    "close_account",
    "derive_access",
    "derive_protection",
    "end_assignment_now",
    "end_duty",
    "end_duty_now",
    "end_memberships",
    "end_stand_in",
    "enrol_child",
    "find_by_personnummer",
    "found_authority",
    "give_duty",
    "make_areas",
    "mark_missing",
    "move_child",
    "note_reading",
    "number_school_days",
    "open_account",
    "open_account_by_name",
    "open_accounts",
    "open_actor",
    "open_guardianship",
    "open_protected",
    "place_in_group",
    "read_personnummer",
    "register_child",
    "register_guardian",
    "register_staff",
    "remove_break",
    "remove_term",
    "renew_link",
    "renumber_below",
    "save_group",
    "save_organisation",
    "set_adapted",
    "set_label",
    "set_stand_in",
    "set_term",
    "set_unit_area",
    "store_personnummer",
    "update_child",
]
