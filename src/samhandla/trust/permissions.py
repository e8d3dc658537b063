"""What can be done. Which role may do it stands in `roles`; on which child stands in `Access`."""

from enum import StrEnum


class Permission(StrEnum):
    """`room:thing:verb`, alphabetical."""

    BOARD_FREEZE = "govern:board:freeze"
    BOARD_READ = "govern:board:read"
    CALENDAR_EDIT = "people:calendar:edit"
    CHILD_READ = "people:child:read"
    DUTY_EDIT = "people:duty:edit"
    GUIDANCE_LEAD = "detect:guidance:lead"
    GUIDANCE_READ = "detect:guidance:read"
    IMPORT_RUN = "integrations:import:run"
    INQUIRY_DECIDE = "detect:inquiry:decide"
    LADDER_EDIT = "detect:ladder:edit"
    MARK_PARTICIPATION = "detect:participation:mark"
    NOTICE_READ = "detect:notice:read"
    PERSONNUMMER_READ = "people:personnummer:read"
    PROCESS_READ = "detect:process:read"
    QUALITY_EDIT = "analytics:quality:edit"
    QUALITY_READ = "analytics:quality:read"
    REGISTER_READ = "people:register:read"
    RULES_EDIT = "detect:rules:edit"
    RULES_REHEARSE = "detect:rules:rehearse"
    SIGNAL_ANSWER = "detect:signal:answer"
    SIGNAL_LIST = "detect:signal:list"
    STAND_IN_SET = "people:stand_in:set"
    START = "web:start:read"
    TEAM_LIST = "detect:team:list"
    UNIT_OVERSEE = "detect:unit:oversee"
