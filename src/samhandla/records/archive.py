"""An export for the archive: a zip with the documents, an index as JSON and XML, and checksums.

The index has what FGS Ärendehantering 2.0 (E-ARK CITS ERMS) asks of a document, in words of our own;
the package is not built as FGS Paketstruktur 2.0 (E-ARK CSIP/SIP): an e-archive must map it first.
Source: riksarkivet.se, fastställda FGS:er (read 2026-11-22).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

FORMAT = "samhandla-arkivexport/1"
README = """Export av allmänna handlingar ur Samhandla.

index.json och index.xml säger samma sak: en post per handling, med nummer, slag, datum, avsändare, mottagare,
sekretessmarkering och filer. sha256.txt har en kontrollsumma per fil.

Uppgifterna motsvarar dem som FGS Ärendehantering 2.0 (E-ARK CITS ERMS) ber om för en handling, men paketet är
inte byggt enligt FGS Paketstruktur 2.0 (E-ARK CSIP/SIP). E-arkivet behöver en mappning innan det tas emot.

Filerna innehåller uppgifter som kan vara sekretessbelagda. De är inte krypterade.
"""
TAGS = {
    "number": "Diarienummer", "kind": "Handlingstyp", "kind_name": "Handlingstypnamn", "way": "Riktning",
    "title": "Rubrik", "dated": "Datum", "finalised_at": "Fardigstalld", "sender": "Avsandare",
    "recipient": "Mottagare", "unit": "Enhet", "branch": "Verksamhetsgren", "public": "OffentligtBeslut",
    "paragraph": "Sekretess", "retention": "Bevarande",
}  # fmt: skip


@dataclass(frozen=True)
class Archived:
    """One document: what stands in the index, and its files by name."""

    facts: dict[str, Any]
    files: dict[str, bytes]


def make_archive(authority: str, made_on: date, documents: Iterable[Archived]) -> bytes:
    """Return the zip; the files of a document lie in a folder of its number."""
    content = io.BytesIO()
    sums: list[tuple[str, str]] = []
    entries: list[dict[str, Any]] = []
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:

        def put(name: str, data: bytes) -> str:
            packed.writestr(name, data)
            total = hashlib.sha256(data).hexdigest()
            sums.append((total, name))
            return total

        for one in documents:
            folder = str(one.facts["number"]).replace("/", "-").replace(" ", "-")
            files = [
                {"name": f"handlingar/{folder}/{name}", "bytes": len(data),
                 "sha256": put(f"handlingar/{folder}/{name}", data)}
                for name, data in one.files.items()
            ]  # fmt: skip
            entries.append({**one.facts, "files": files})
        index = {
            "format": FORMAT,
            "authority": authority,
            "made_on": f"{made_on:%Y-%m-%d}",
            "documents": entries,
        }
        put("index.json", json.dumps(index, ensure_ascii=False, indent=1).encode())
        put("index.xml", _xml(index))
        put("LÄSMIG.txt", README.encode())
        packed.writestr("sha256.txt", "".join(f"{total}  {name}\n" for total, name in sums))
    return content.getvalue()


def _xml(index: dict[str, Any]) -> bytes:
    root = Element("Arkivexport", {"format": index["format"], "skapad": index["made_on"]})
    SubElement(root, "Arkivbildare").text = index["authority"]
    for entry in index["documents"]:
        row = SubElement(root, "Handling")
        for name, tag in TAGS.items():
            SubElement(row, tag).text = _plain(entry[name])
        for file in entry["files"]:
            SubElement(row, "Bilaga", {"namn": file["name"], "sha256": file["sha256"]})
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _plain(value: object) -> str:
    """Return a value as text that XML can hold; control characters have no place in it."""
    text = {True: "ja", False: "nej"}.get(value, value) if isinstance(value, bool) else value
    return "".join(sign for sign in str(text) if sign >= " " or sign in "\n\t")
