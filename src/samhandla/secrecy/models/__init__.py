"""Tables of the secrecy room, by subject.

Nouns: legal opening, receiver, waiver, voice, transfer (`handing`); consent, voice, paper (`consents`);
nödåtkomst and its setting (`emergency`); processing (`processing`); consultation card (`cards`);
note of the medical pupil health (`emi`).
"""

from samhandla.secrecy.models.cards import ConsultationCard
from samhandla.secrecy.models.consents import Consent, ConsentVoice, Paper
from samhandla.secrecy.models.emergency import Emergency, EmergencySetting
from samhandla.secrecy.models.emi import EmiNote
from samhandla.secrecy.models.handing import LegalOpening, Receiver, Transfer, Voice, Waiver
from samhandla.secrecy.models.processing import Processing

__all__ = [
    "Consent",
    "ConsentVoice",
    "ConsultationCard",
    "Emergency",
    "EmergencySetting",
    "EmiNote",
    "LegalOpening",
    "Paper",
    "Processing",
    "Receiver",
    "Transfer",
    "Voice",
    "Waiver",
]
