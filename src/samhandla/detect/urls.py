"""Paths of the detect room."""

from samhandla.detect.views import inquiry, mentor, principal, pupil, team
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("att-ta-stallning-till/", mentor.worklist, name="worklist", permission=P.SIGNAL_LIST),
    page("signal/<int:signal_id>/", mentor.signal, name="signal", permission=P.SIGNAL_ANSWER),
    page(
        "signal/<int:signal_id>/prata-i-dag/",
        mentor.talk_today,
        name="talk-today",
        permission=P.SIGNAL_ANSWER,
    ),
    page("signal/<int:signal_id>/kontakt/", mentor.contact, name="contact", permission=P.SIGNAL_ANSWER),
    page(
        "signal/<int:signal_id>/steg/<int:step_id>/klart/",
        mentor.step_done,
        name="step-done",
        permission=P.SIGNAL_ANSWER,
    ),
    page("signal/<int:signal_id>/sagt/", mentor.told, name="told", permission=P.SIGNAL_ANSWER),
    page("elev/<uuid:ref>/", pupil.pupil, name="pupil", permission=P.CHILD_READ),
    page(
        "elev/<uuid:ref>/pa-plats-men-inte-med/",
        pupil.participation,
        name="participation",
        permission=P.MARK_PARTICIPATION,
    ),
    page("rektor/", principal.principal, name="principal", permission=P.UNIT_OVERSEE),
    page(
        "rektor/signal/<int:signal_id>/",
        principal.group_signal,
        name="group-signal",
        permission=P.UNIT_OVERSEE,
    ),
    page(
        "rektor/signal/<int:signal_id>/klart/",
        principal.group_done,
        name="group-done",
        permission=P.UNIT_OVERSEE,
    ),
    page("elev/<uuid:ref>/utredning/", inquiry.decide, name="inquiry-decide", permission=P.INQUIRY_DECIDE),
    page("utredning/<int:inquiry_id>/", inquiry.inquiry, name="inquiry", permission=P.SIGNAL_ANSWER),
    page(
        "utredning/<int:inquiry_id>/skriv-ut/",
        inquiry.inquiry_print,
        name="inquiry-print",
        permission=P.SIGNAL_ANSWER,
    ),
    page(
        "utredning/<int:inquiry_id>/word/",
        inquiry.inquiry_word,
        name="inquiry-word",
        permission=P.SIGNAL_ANSWER,
    ),
    page("anmalan/<int:notice_id>/", inquiry.notice, name="notice", permission=P.INQUIRY_DECIDE),
    page("elevhalsa/", team.team, name="team", permission=P.TEAM_LIST),
    page("elevhalsa/<int:signal_id>/borja/", team.team_start, name="team-start", permission=P.TEAM_LIST),
]
