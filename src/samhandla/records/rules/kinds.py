"""The kinds of documents that are registered. A kind's title says nothing that may be secret."""

from __future__ import annotations

from dataclasses import dataclass

from samhandla.lib.i18n import N_

DRAWN, RECEIVED, SENT = "drawn", "received", "sent"


@dataclass(frozen=True)
class Kind:
    """One kind of document.

    Args:
        title: what stands in the register; never a name, a school or what it says.
        about_child: whether a document of the kind is about exactly one child; else it is about none.
        public: a formal decision, which 23 kap. 2 § OSL keeps open, or something that is nobody's secret.
        by_hand: whether somebody who keeps the register writes it here.
    """

    code: str
    title: str
    way: str
    about_child: bool
    public: bool = False
    by_hand: bool = False


_ALL = (
    Kind("inquiry", N_("Utredning av frånvaro"), DRAWN, True),
    Kind("inquiry_decision", N_("Beslut om utredning av frånvaro"), DRAWN, True, public=True),
    Kind("notice", N_("Anmälan om att en utredning har inletts"), SENT, True),
    Kind("notice_received", N_("Mottagen anmälan om att en utredning har inletts"), RECEIVED, True),
    Kind("transfer", N_("Uppgift lämnad till en annan verksamhet"), SENT, True),
    Kind("transfer_received", N_("Uppgift mottagen från en annan verksamhet"), RECEIVED, True),
    Kind("waiver", N_("Svar på en fråga om att lämna uppgift"), RECEIVED, True),
    Kind("consent", N_("Svar på en fråga om samtycke"), RECEIVED, True),
    Kind("letter_child_in", N_("Inkommen handling om en elev"), RECEIVED, True, by_hand=True),
    Kind("letter_child_out", N_("Utgående handling om en elev"), SENT, True, by_hand=True),
    Kind("letter_in", N_("Inkommen handling"), RECEIVED, False, by_hand=True),
    Kind("letter_out", N_("Utgående handling"), SENT, False, by_hand=True),
    Kind("request", N_("Begäran om allmän handling"), RECEIVED, False),
    Kind("refusal", N_("Beslut om att inte lämna ut en allmän handling"), DRAWN, False, public=True),
    Kind("board_figures", N_("Låsta siffror till nämnden"), DRAWN, False, public=True),
    Kind("log_review", N_("Signerad loggkontroll"), DRAWN, False),
    Kind("disposal", N_("Gallringsprotokoll"), DRAWN, False, public=True),
)
KINDS = {kind.code: kind for kind in _ALL}
BY_HAND = tuple(kind.code for kind in _ALL if kind.by_hand)
ABOUT_CHILD = tuple(kind.code for kind in _ALL if kind.about_child)
