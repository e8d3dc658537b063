"""Two who finalise at once get two numbers, and none is left out."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from tests.cast import Cast
from tests.records.conftest import Office

from samhandla.people.queries import today
from samhandla.records.actions.documents import Letter, finalise_letter, write_letter
from samhandla.records.models import Document
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 4


class _Undone(Exception):
    """What somebody began and gave up."""


def _finalise(viewer, ready: threading.Barrier, fails: bool) -> None:
    try:
        for turn in range(EACH):
            row = write_letter(
                by=viewer, letter=Letter(kind="letter_in", title="Brev", text="Hej", dated=today())
            )
            if turn == 0:
                ready.wait(20)
            try:
                with transaction.atomic():
                    finalise_letter(by=viewer, document_id=row.pk)
                    if fails and turn == 1:
                        raise _Undone
            except _Undone:
                finalise_letter(by=viewer, document_id=row.pk)
    finally:
        connection.close()


def test_two_at_once_get_their_own_numbers_and_no_gap():
    office = Office(Cast.build())
    names = ("registrar", "registrar_two")
    for name in names:
        office.cast._duty("board", name, "registrar", "berga")
    ready = threading.Barrier(len(names))
    viewers = [office.viewer(name) for name in names]
    threads = [
        threading.Thread(target=_finalise, args=(viewer, ready, viewer is viewers[0])) for viewer in viewers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with acting_as(office.registrar):
        numbers = sorted(Document.objects.filter(state="final").values_list("number", flat=True))
    assert numbers == list(range(1, EACH * len(names) + 1))
