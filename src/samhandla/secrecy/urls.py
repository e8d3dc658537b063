"""Paths of the secrecy room."""

from samhandla.secrecy.views import cards, child, consents, emergency, guide, inbox, processings
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("far-jag-lamna/", guide.guide, name="guide", permission=P.LAW_READ),
    page("lagrum/", guide.law, name="law", permission=P.LAW_READ),
    page("lagrum/lagg-upp/", guide.deliver, name="law-deliver", permission=P.LAW_APPROVE),
    page("lagrum/<int:opening_id>/godkann/", guide.approve, name="law-approve", permission=P.LAW_APPROVE),
    page("lagrum/ny/", guide.add, name="law-add", permission=P.LAW_APPROVE),
    page("lagrum/<int:opening_id>/andra/", guide.change, name="law-change", permission=P.LAW_APPROVE),
    page("elev/<uuid:ref>/lamna-uppgift/", child.child, name="hand-over", permission=P.TRANSFER_SEND),
    page("elev/<uuid:ref>/lamna-uppgift/fraga/", child.ask, name="waiver-ask", permission=P.TRANSFER_SEND),
    page(
        "elev/<uuid:ref>/lamna-uppgift/svar/<int:waiver_id>/",
        child.answer,
        name="waiver-answer",
        permission=P.TRANSFER_SEND,
    ),
    page(
        "elev/<uuid:ref>/lamna-uppgift/lamna/", child.send, name="transfer-send", permission=P.TRANSFER_SEND
    ),
    page("mottaget/", inbox.inbox, name="inbox", permission=P.TRANSFER_RECEIVE),
    page(
        "mottaget/<int:transfer_id>/ta-emot/",
        inbox.take,
        name="transfer-receive",
        permission=P.TRANSFER_RECEIVE,
    ),
    page("nodatkomst/", emergency.emergencies, name="emergency", permission=P.EMERGENCY_READ),
    page("nodatkomst/oppna/", emergency.open_one, name="emergency-open", permission=P.EMERGENCY_OPEN),
    page(
        "nodatkomst/<int:emergency_id>/avsluta/",
        emergency.close,
        name="emergency-close",
        permission=P.EMERGENCY_READ,
    ),
    page("nodatkomst/granska/", emergency.review, name="emergency-review", permission=P.EMERGENCY_REVIEW),
    page(
        "nodatkomst/<int:emergency_id>/granska/",
        emergency.sign,
        name="emergency-sign",
        permission=P.EMERGENCY_REVIEW,
    ),
    page("nodatkomst/installning/", emergency.setting, name="emergency-setting", permission=P.EMERGENCY_SET),
    page("samtycken/", consents.ending, name="consents-ending", permission=P.CONSENT_EDIT),
    page("elev/<uuid:ref>/samtycken/", consents.consents, name="consents", permission=P.CONSENT_EDIT),
    page("elev/<uuid:ref>/samtycken/fraga/", consents.ask, name="consent-ask", permission=P.CONSENT_EDIT),
    page(
        "elev/<uuid:ref>/samtycken/svar/<int:consent_id>/",
        consents.answer,
        name="consent-answer",
        permission=P.CONSENT_EDIT,
    ),
    page(
        "elev/<uuid:ref>/samtycken/papper/<uuid:key>/",
        consents.paper,
        name="consent-paper",
        permission=P.CONSENT_EDIT,
    ),
    page(
        "elev/<uuid:ref>/samtycken/prata/<int:receiver_id>/",
        consents.preview,
        name="switch",
        permission=P.TRANSFER_SEND,
    ),
    page(
        "elev/<uuid:ref>/samtycken/prata/<int:receiver_id>/stall-om/",
        consents.turn,
        name="switch-turn",
        permission=P.TRANSFER_SEND,
    ),
    page("rattslig-grund/", processings.processings, name="processings", permission=P.PROCESSING_READ),
    page(
        "rattslig-grund/lagg-upp/",
        processings.deliver,
        name="processings-deliver",
        permission=P.PROCESSING_APPROVE,
    ),
    page("rattslig-grund/ny/", processings.add, name="processing-add", permission=P.PROCESSING_APPROVE),
    page(
        "rattslig-grund/<int:processing_id>/andra/",
        processings.change,
        name="processing-change",
        permission=P.PROCESSING_APPROVE,
    ),
    page(
        "rattslig-grund/<int:processing_id>/godkann/",
        processings.approve,
        name="processing-approve",
        permission=P.PROCESSING_APPROVE,
    ),
    page("elev/<uuid:ref>/radfraga/", cards.consult, name="consult", permission=P.CONSULT),
    page("radfraga/", cards.cards, name="cards", permission=P.CONSULT),
    page("radfraga/<int:card_id>/", cards.card, name="card", permission=P.CONSULT),
    page("mottaget/fraga/<int:card_id>/", cards.reply, name="card-reply", permission=P.TRANSFER_RECEIVE),
]
