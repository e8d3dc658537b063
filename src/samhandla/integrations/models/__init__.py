"""Sources and what came from them.

Nouns: source, preset, batch, batch refusal, batch change, link, child link.
"""

from samhandla.integrations.models.batches import Batch, BatchChange, BatchRefusal
from samhandla.integrations.models.links import ChildLink, Link, LinkKind
from samhandla.integrations.models.sources import Preset, ProtectionPolicy, Schedule, Source, SourceKind

__all__ = [
    "Batch",
    "BatchChange",
    "BatchRefusal",
    "ChildLink",
    "Link",
    "LinkKind",
    "Preset",
    "ProtectionPolicy",
    "Schedule",
    "Source",
    "SourceKind",
]
