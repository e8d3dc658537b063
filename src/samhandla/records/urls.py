"""Paths of the records room."""

from samhandla.records.views import decisions, diary, requests, retention
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("diarium/", diary.diary, name="diary", permission=P.RECORDS_READ),
    page("diarium/ny/", diary.begin, name="document-new", permission=P.RELEASE),
    page("diarium/<uuid:document_id>/", diary.document, name="document", permission=P.RECORDS_READ),
    page("diarium/<uuid:document_id>/skriv/", diary.write, name="document-write", permission=P.RELEASE),
    page("diarium/<uuid:document_id>/sekretess/", diary.mark, name="document-mark", permission=P.RELEASE),
    page("elev/<uuid:ref>/handlingar/", diary.of_child, name="child-documents", permission=P.CHILD_READ),
    page("begaran/", requests.requests, name="releases", permission=P.RELEASE),
    page("begaran/ny/", requests.take, name="release-new", permission=P.RELEASE),
    page("begaran/<int:request_id>/", requests.release, name="release", permission=P.RELEASE),
    page("begaran/<int:request_id>/samla/", requests.gather, name="release-collect", permission=P.RELEASE),
    page(
        "begaran/<int:request_id>/svara/",
        requests.answer,
        name="release-answer",
        permission=P.RELEASE,
        confirm=True,
    ),
    page("begaran/<int:request_id>/avsluta/", requests.close, name="release-close", permission=P.RELEASE),
    page("begaran/<int:request_id>/<int:item_id>/", requests.item, name="release-item", permission=P.RELEASE),
    page(
        "begaran/<int:request_id>/<int:item_id>/maska/",
        requests.mask,
        name="release-mask",
        permission=P.RELEASE,
    ),
    page(
        "begaran/<int:request_id>/<int:item_id>/prova/",
        requests.judge,
        name="release-judge",
        permission=P.RELEASE,
    ),
    page(
        "begaran/<int:request_id>/<int:item_id>/kopia/",
        requests.given,
        name="release-copy",
        permission=P.RELEASE,
    ),
    page("beslut-om-utlamnande/", decisions.decisions, name="decisions", permission=P.RELEASE_DECIDE),
    page(
        "beslut-om-utlamnande/<int:request_id>/",
        decisions.decide,
        name="release-decide",
        permission=P.RELEASE_DECIDE,
        confirm=True,
    ),
    page("delegationer/", decisions.delegations, name="delegations", permission=P.DELEGATION_SET),
    page(
        "delegationer/<int:delegation_id>/avsluta/",
        decisions.end,
        name="delegation-end",
        permission=P.DELEGATION_SET,
    ),
    page("gallring/", retention.retention, name="retention", permission=P.RETENTION_EDIT),
    page(
        "gallring/beslut/",
        retention.decide,
        name="retention-decide",
        permission=P.RETENTION_EDIT,
        confirm=True,
    ),
    page("gallring/lista/", retention.due, name="disposal-list", permission=P.DISPOSE),
    page("gallring/utfor/", retention.remove, name="dispose", permission=P.DISPOSE, confirm=True),
    page("gallring/undantag/", retention.holds, name="holds", permission=P.RETENTION_EDIT),
    page(
        "gallring/undantag/<int:hold_id>/hav/", retention.lift, name="hold-lift", permission=P.RETENTION_EDIT
    ),
    page("arkiv/", retention.archive, name="archive", permission=P.ARCHIVE_EXPORT),
    page("arkiv/hamta/", retention.fetch, name="archive-fetch", permission=P.ARCHIVE_EXPORT, confirm=True),
]
