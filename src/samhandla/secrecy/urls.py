"""Paths of the secrecy room."""

from samhandla.secrecy.views import child, guide, inbox
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("far-jag-lamna/", guide.guide, name="guide", permission=P.LAW_READ),
    page("lagrum/", guide.law, name="law", permission=P.LAW_READ),
    page("lagrum/lagg-upp/", guide.deliver, name="law-deliver", permission=P.LAW_APPROVE, confirm=True),
    page(
        "lagrum/<int:opening_id>/godkann/",
        guide.approve,
        name="law-approve",
        permission=P.LAW_APPROVE,
        confirm=True,
    ),
    page("elev/<uuid:ref>/lamna-uppgift/", child.child, name="hand-over", permission=P.TRANSFER_SEND),
    page("elev/<uuid:ref>/lamna-uppgift/fraga/", child.ask, name="waiver-ask", permission=P.TRANSFER_SEND),
    page(
        "elev/<uuid:ref>/lamna-uppgift/svar/<int:waiver_id>/",
        child.answer,
        name="waiver-answer",
        permission=P.TRANSFER_SEND,
    ),
    page(
        "elev/<uuid:ref>/lamna-uppgift/lamna/",
        child.send,
        name="transfer-send",
        permission=P.TRANSFER_SEND,
        confirm=True,
    ),
    page("mottaget/", inbox.inbox, name="inbox", permission=P.TRANSFER_RECEIVE),
    page(
        "mottaget/<int:transfer_id>/ta-emot/",
        inbox.take,
        name="transfer-receive",
        permission=P.TRANSFER_RECEIVE,
    ),
]
