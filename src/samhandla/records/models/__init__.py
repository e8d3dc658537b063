"""Tables of the records room, by subject.

Nouns: document, document text (`documents`); release request, item, delegation (`requests`); retention
rule, hold, disposal (`retention`).
"""

from samhandla.records.models.documents import Document, DocumentText
from samhandla.records.models.requests import Delegation, ReleaseItem, ReleaseRequest
from samhandla.records.models.retention import Disposal, Hold, RetentionRule

__all__ = [
    "Delegation",
    "Disposal",
    "Document",
    "DocumentText",
    "Hold",
    "ReleaseItem",
    "ReleaseRequest",
    "RetentionRule",
]
