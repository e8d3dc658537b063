"""Rights by the data protection regulation.

Nouns: rights request, extract, withheld, correction, information text, audience, data contact.
"""

from samhandla.rights.models.requests import Correction, Extract, RightsRequest, Withheld
from samhandla.rights.models.texts import Audience, DataContact, InformationText

__all__ = [
    "Audience",
    "Correction",
    "DataContact",
    "Extract",
    "InformationText",
    "RightsRequest",
    "Withheld",
]
