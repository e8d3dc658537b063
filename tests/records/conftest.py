"""Who keeps the register of the board, and what there is to register."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.cast import Cast
from tests.detect.duty_officer import signed

from samhandla.people.queries import today
from samhandla.records.actions.documents import Letter, finalise_letter, write_letter
from samhandla.records.models import Document
from samhandla.trust.viewer import Viewer, acting_as


@dataclass
class Office:
    """The cast with a registrar, an archivist and a lawyer who may refuse; and the documents by kind."""

    cast: Cast

    def viewer(self, name: str) -> Viewer:
        return self.cast.viewer(name)

    @property
    def registrar(self) -> Viewer:
        return self.cast.viewer("registrar")

    @property
    def archivist(self) -> Viewer:
        return self.cast.viewer("archivist")

    def notice(self, name: str = "alma", **more: object) -> Document:
        """Let the principal open an inquiry and sign its notice; return the notice as it is registered."""
        delivered = signed(self.cast, name, **more)
        return self.document("notice", source_key=str(delivered.notice_id))

    def document(self, kind: str, by: str = "registrar", **more: object) -> Document:
        with acting_as(self.viewer(by)):
            return Document.objects.filter(kind=kind, **more).latest("finalised_at", "number")


def finished_letter(
    office: Office, kind: str = "letter_in", by: str = "registrar", **more: object
) -> Document:
    """Let somebody who keeps the register write a document by hand and finalise it."""
    values = {"title": "Brev", "text": "Ett brev.", "dated": today(), **more}
    row = write_letter(by=office.viewer(by), letter=Letter(kind=kind, **values))
    return finalise_letter(by=office.viewer(by), document_id=row.pk)


@pytest.fixture
def office(cast) -> Office:
    for name in ("registrar", "archivist", "lawyer"):
        cast._duty("board", name, name, "berga")
    cast._duty("independent", "registrar_fria", "registrar", "fria")
    return Office(cast)
