"""Sentences that the house itself writes where people otherwise write their own.

They are stored as they stand here, in Swedish whoever was acting, and said in the reader's language.
"""

from __future__ import annotations

from django.utils.translation import gettext

from samhandla.lib.i18n import N_

MOVED = N_("Avbröts: eleven har flyttat till en annan skola.")
LIMITED = N_("Avbröts: reglerna används inte längre på eleven.")
INQUIRY_OPENED = N_("Utredning av frånvaro är öppnad.")
OWN = frozenset({MOVED, LIMITED, INQUIRY_OPENED})


def in_readers_words(text: str) -> str:
    """Return a sentence of the house in the reader's language, and what people have written as it is."""
    return gettext(text) if text in OWN else text
