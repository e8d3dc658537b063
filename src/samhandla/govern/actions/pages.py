"""Freezes the board page."""

from __future__ import annotations

import json

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from samhandla.govern import queries
from samhandla.govern.actions.words import require_freezer
from samhandla.govern.models import BoardPage
from samhandla.govern.rules import Term, content_hash
from samhandla.people.queries import today
from samhandla.records.actions.documents import Finalised, register_document
from samhandla.records.queries.keepers import plain_domain
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


class OutOfDate(Exception):
    """The figures have changed since the viewer looked at them."""


class NothingCounted(Exception):
    """There are no figures for the term."""


@action
def freeze_board(*, by: Viewer, term: str, count_id: int) -> BoardPage:
    """Freeze exactly what the viewer saw of a term, with definition, n, date, data version and hash.

    A frozen page never changes; a correction is a new one beside it. What it shows limits what later
    pages may show, so the live figures must be counted again before the next page is frozen.

    Args:
        count_id: the count that the viewer looked at.

    Raises:
        PermissionDenied: the viewer may not freeze.
        OutOfDate: the figures were counted again, another page was frozen, or data or definition have
            changed, since then.
        NothingCounted: the term has no figures.
        NoTerm: not a term.
    """
    require_freezer(by)
    wanted = Term.parse(term)
    count = queries.latest_count_for(by)
    frozen = BoardPage.objects.filter(authority_id=by.authority_id).count()
    seen = count is not None and count.pk == count_id and count.pages_before == frozen
    if count is None or not seen or queries.is_out_of_date(count):
        raise OutOfDate(_("Siffrorna har räknats om, eller ska räknas om. Titta på dem igen och lås sedan."))
    with translation.override("sv"):  # what is published is Swedish, whatever language the writer reads in
        content = queries.board_content_for(by, wanted)
    if content is None or not content["rows"]:
        raise NothingCounted(_("Terminen har inga siffror att låsa."))
    page = BoardPage.objects.create(
        authority_id=by.authority_id,
        term=wanted.code,
        content=content,
        content_hash=content_hash(content),
        data_version=count.data_version,
        frozen_at=timezone.now(),
        frozen_by_id=by.actor_id,
    )
    register_document(
        by=by,
        said=Finalised(
            kind="board_figures", text=_as_text(page), domain_id=plain_domain(by), dated=today(),
            source=page,
        ),
    )  # fmt: skip
    record(EventKind.BOARD_FROZEN, by=by, about=page, details={"term": page.term, "hash": page.content_hash})
    return page


def _as_text(page: BoardPage) -> str:
    """Return a frozen page as it is registered: its term, its hash, and its figures as they were."""
    figures = json.dumps(page.content, ensure_ascii=False, indent=1, default=str)
    return f"Låsta siffror för {page.term}\nKontrollsumma: {page.content_hash}\n\n{figures}"
