"""Paths of the detect room."""

from samhandla.detect.views import mentor, pupil
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
]
