"""Tables of the secrecy room, by subject.

Nouns: legal opening, receiver, waiver, voice, transfer (`handing`); emergency and its setting (`emergency`).
"""

from samhandla.secrecy.models.emergency import Emergency, EmergencySetting
from samhandla.secrecy.models.handing import LegalOpening, Receiver, Transfer, Voice, Waiver

__all__ = [
    "Emergency",
    "EmergencySetting",
    "LegalOpening",
    "Receiver",
    "Transfer",
    "Voice",
    "Waiver",
]
