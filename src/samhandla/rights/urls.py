"""Paths of the room of rights."""

from samhandla.rights.views import desk, extract, family, texts
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("mina-rattigheter/", family.own, name="own-rights", permission=P.RIGHTS_OWN),
    page(
        "mina-rattigheter/<uuid:ref>/begar/", family.own_ask, name="own-rights-ask", permission=P.RIGHTS_OWN
    ),
    page(
        "mina-rattigheter/utdrag/<int:request_id>/",
        family.own_extract,
        name="own-extract",
        permission=P.RIGHTS_OWN,
    ),
    page(
        "mina-rattigheter/utdrag/<int:request_id>/fil/",
        family.own_extract_file,
        name="own-extract-file",
        permission=P.RIGHTS_OWN,
    ),
    page("om-personuppgifter/<str:audience>/", texts.information, name="information", permission=P.START),
    page("rattigheter/", desk.rights, name="rights", permission=P.RIGHTS_READ),
    page("elev/<uuid:ref>/rattigheter/", desk.child, name="child-rights", permission=P.RIGHTS_RECEIVE),
    page(
        "elev/<uuid:ref>/rattigheter/hav/<str:kind>/",
        desk.lift,
        name="limit-lift",
        permission=P.RIGHTS_DECIDE,
        confirm=True,
    ),
    page("rattigheter/<int:request_id>/", desk.one_request, name="rights-request", permission=P.RIGHTS_READ),
    page(
        "rattigheter/<int:request_id>/forlang/", desk.extend, name="rights-extend", permission=P.RIGHTS_READ
    ),
    page(
        "rattigheter/<int:request_id>/svara/",
        desk.answer,
        name="rights-answer",
        permission=P.RIGHTS_READ,
        confirm=True,
    ),
    page(
        "rattigheter/<int:request_id>/ta-fram/",
        extract.make,
        name="rights-extract-make",
        permission=P.RIGHTS_HANDLE,
        confirm=True,
    ),
    page(
        "rattigheter/<int:request_id>/utdrag/",
        extract.extract,
        name="rights-extract",
        permission=P.RIGHTS_HANDLE,
    ),
    page(
        "rattigheter/<int:request_id>/utdrag/skriv-ut/",
        extract.extract_print,
        name="rights-extract-print",
        permission=P.RIGHTS_HANDLE,
    ),
    page(
        "rattigheter/<int:request_id>/utdrag/fil/",
        extract.extract_file,
        name="rights-extract-file",
        permission=P.RIGHTS_HANDLE,
    ),
    page(
        "rattigheter/<int:request_id>/utdrag/lamna-ut/",
        extract.out,
        name="rights-extract-out",
        permission=P.RIGHTS_HANDLE,
        confirm=True,
    ),
    page("registerforteckning/", texts.register, name="data-register", permission=P.RIGHTS_REGISTER),
    page(
        "registerforteckning/<str:kind>/",
        texts.register_file,
        name="data-register-file",
        permission=P.RIGHTS_REGISTER,
    ),
    page("informationstexter/", texts.texts, name="information-texts", permission=P.RIGHTS_TEXT),
    page("informationstexter/kontakt/", texts.contact, name="information-contact", permission=P.RIGHTS_TEXT),
    page(
        "informationstexter/<str:audience>/godkann/",
        texts.approve,
        name="information-approve",
        permission=P.RIGHTS_TEXT,
    ),
]
