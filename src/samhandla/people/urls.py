"""Paths of the register."""

from samhandla.people.views import accounts, calendar, duties, labels, logs, register, withheld
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("registret/", register.units, name="register", permission=P.REGISTER_READ),
    page(
        "registret/grupp/<int:group_id>/", register.group, name="register-group", permission=P.REGISTER_READ
    ),
    page(
        "registret/enhet/<int:unit_id>/omrade/",
        register.unit_area,
        name="register-unit-area",
        permission=P.AREA_SET,
    ),
    page("registret/personal/", register.staff, name="register-staff", permission=P.REGISTER_READ),
    page(
        "registret/personal/<int:staff_id>/",
        register.staff_member,
        name="register-staff-member",
        permission=P.DUTY_READ,
    ),
    page("registret/elever/", register.children, name="register-children", permission=P.REGISTER_READ),
    page(
        "registret/elever/personnummer/",
        register.find_number,
        name="register-find-number",
        permission=P.PERSONNUMMER_READ,
    ),
    page("registret/elever/<uuid:ref>/", register.child, name="register-child", permission=P.REGISTER_READ),
    page(
        "registret/elever/<uuid:ref>/personnummer/",
        register.personnummer,
        name="register-personnummer",
        permission=P.PERSONNUMMER_READ,
        confirm=True,
    ),
    page(
        "registret/elever/<uuid:ref>/anpassad/",
        register.adapted,
        name="register-adapted",
        permission=P.ADAPTED_SET,
    ),
    page("konton/", accounts.accounts, name="accounts", permission=P.ACCOUNT_EDIT),
    page(
        "konton/oppna/",
        accounts.open_accounts,
        name="accounts-open",
        permission=P.ACCOUNT_EDIT,
        confirm=True,
    ),
    page(
        "konton/<int:staff_id>/ny-lank/",
        accounts.renew,
        name="account-renew",
        permission=P.ACCOUNT_EDIT,
        confirm=True,
    ),
    page("konton/<int:staff_id>/stang/", accounts.close, name="account-close", permission=P.ACCOUNT_EDIT),
    page("uppdrag/", duties.duties, name="duties", permission=P.DUTY_READ),
    page("uppdrag/nytt/", duties.people, name="duty-people", permission=P.DUTY_EDIT),
    page("uppdrag/nytt/<int:staff_id>/", duties.give, name="duty-give", permission=P.DUTY_EDIT),
    page("uppdrag/nytt/<int:staff_id>/grupp/", duties.give_group, name="task-give", permission=P.DUTY_EDIT),
    page("uppdrag/<int:duty_id>/avsluta/", duties.end_duty, name="duty-end", permission=P.DUTY_EDIT),
    page(
        "uppdrag/grupp/<int:assignment_id>/avsluta/", duties.end_task, name="task-end", permission=P.DUTY_EDIT
    ),
    page("ersattare/", duties.stand_ins, name="stand-ins", permission=P.STAND_IN_SET),
    page(
        "ersattare/<int:substitution_id>/avsluta/",
        duties.end_stand_in,
        name="stand-in-end",
        permission=P.STAND_IN_SET,
    ),
    page("arskursnamn/", labels.labels, name="labels", permission=P.LABEL_APPROVE),
    page("arskursnamn/godkann/", labels.approve, name="labels-approve", permission=P.LABEL_APPROVE),
    page("arskursnamn/andra/", labels.change, name="labels-change", permission=P.LABEL_APPROVE),
    page("lasarskalender/", calendar.calendar, name="calendar", permission=P.CALENDAR_EDIT),
    page("lasarskalender/termin/", calendar.add_term, name="calendar-term", permission=P.CALENDAR_EDIT),
    page(
        "lasarskalender/termin/<int:term_id>/ta-bort/",
        calendar.remove_term,
        name="calendar-term-remove",
        permission=P.CALENDAR_EDIT,
    ),
    page("lasarskalender/lov/", calendar.add_break, name="calendar-break", permission=P.CALENDAR_EDIT),
    page(
        "lasarskalender/lov/<int:break_id>/ta-bort/",
        calendar.remove_break,
        name="calendar-break-remove",
        permission=P.CALENDAR_EDIT,
    ),
    page("namngiven-personal/", withheld.named_staff, name="named-staff", permission=P.PROTECTED_NAME),
    page(
        "namngiven-personal/<uuid:ref>/",
        withheld.named_child,
        name="named-child",
        permission=P.PROTECTED_NAME,
    ),
    page(
        "namngiven-personal/<int:naming_id>/avsluta/",
        withheld.end_naming,
        name="named-end",
        permission=P.PROTECTED_NAME,
    ),
    page("jav/", withheld.conflicts, name="conflicts", permission=P.CHILD_READ),
    page("elev/<uuid:ref>/jav/", withheld.note_conflict, name="conflict-note", permission=P.CHILD_READ),
    page(
        "jav/<int:conflict_id>/ersattare/",
        withheld.change_conflict,
        name="conflict-change",
        permission=P.UNIT_OVERSEE,
    ),
    page(
        "jav/<int:conflict_id>/avsluta/",
        withheld.end_conflict,
        name="conflict-end",
        permission=P.UNIT_OVERSEE,
    ),
    page("elev/<uuid:ref>/vem-kan-se/", logs.who_sees, name="who-sees", permission=P.CHILD_READ),
    page("elev/<uuid:ref>/vem-har-last/", logs.who_has_read, name="who-has-read", permission=P.LOG_READ),
    page("elev/<uuid:ref>/andringar/", logs.changes, name="child-changes", permission=P.LOG_READ),
    page("min-logg/", logs.own_log, name="own-log", permission=P.OWN_LOG_READ),
    page("loggkontroll/", logs.reviews, name="log-reviews", permission=P.LOG_REVIEW),
    page("loggkontroll/<int:review_id>/", logs.review, name="log-review", permission=P.LOG_REVIEW),
    page("loggkontroll/<int:review_id>/signera/", logs.sign, name="log-review-sign", permission=P.LOG_REVIEW),
    page("familjens-logg/", logs.family_log, name="family-log", permission=P.LAW_APPROVE),
    page("familjens-logg/andra/", logs.clear, name="family-log-clear", permission=P.LAW_APPROVE),
]
