"""Find out what a text file is: its letters, its separator, and whether its end is there."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass

from samhandla.integrations.files.errors import EmptyFile, NotATable, Truncated, WrongEncoding
from samhandla.integrations.files.place import FilePlace
from samhandla.lib.i18n import N_

SEPARATORS = (";", "\t", ",", "|")
CHUNK = 1 << 22
SAMPLE_ROWS = 60
# å ä ö of the DOS code pages and of old Mac files, read as cp1252, between small letters.
FOREIGN_LETTERS = re.compile(r"[a-zåäö][†„”ŒŠš][a-zåäö]")
DOUBLY_ENCODED = re.compile(r"Ã[¥¤¶…„–©]")
SWEDISH = re.compile(r"[åäöÅÄÖéÉüÜ]")

KNOWN_FORMATS = (
    (b"%PDF", N_("Filen är en PDF. Hämta rapporten som CSV eller Excel i stället.")),
    (
        b"\xd0\xcf\x11\xe0",
        N_(
            "Filen är en äldre Excel-fil (.xls) eller skyddad med lösenord. "
            "Öppna den i Excel och spara den som .xlsx utan lösenord."
        ),
    ),
    (b"\x1f\x8b", N_("Filen är packad (gzip). Packa upp den först.")),
    (b"PAR1", N_("Filen är en Parquet-fil, inte en tabell i text eller Excel.")),
)


@dataclass(frozen=True)
class Sniffed:
    """What was found out about a text file."""

    encoding: str
    separator: str
    quoted: bool
    ends_with_newline: bool
    separator_line: bool
    first_rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def refuse_known_formats(head: bytes) -> None:
    """Refuse a file whose first bytes say that it is no table.

    Raises:
        NotATable: with what it is and how to get a table instead.
    """
    for magic, reason in KNOWN_FORMATS:
        if head.startswith(magic):
            raise NotATable(reason)
    start = head[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        raise NotATable(
            N_("Filen är en webbsida, även om den kan heta .xls. Öppna den i Excel och spara som .xlsx.")
        )
    if start.startswith(b"<"):
        raise NotATable(N_("Filen är XML. Frånvaro ur Edlevo läses med kolumnmallen edlevo."))


def sniff_text(place: FilePlace) -> Sniffed:
    """Read through a text file once and find out how to read it.

    Raises:
        EmptyFile: the file has no rows.
        NotATable: it is binary, or has only one column.
        WrongEncoding: its letters cannot be read with certainty.
        Truncated: a quotation mark is never closed.
    """
    encoding = _encoding(place)
    quotes, last = _read_through(place, encoding)
    text = _beginning(place, encoding)
    if not text.strip():
        raise EmptyFile(N_("Filen är tom. Hämta den på nytt ur källsystemet."))
    notes = _suspicious_letters(text, encoding)
    if quotes % 2:
        raise Truncated(
            N_(
                "Filen har ett citattecken som aldrig avslutas. Troligen saknas slutet av filen. "
                "Hämta den på nytt, eller ta bort det ensamma citattecknet."
            )
        )
    lines, directive = _without_separator_line(text)
    try:
        separator = directive or _separator(lines)
        parsed = list(csv.reader(lines, delimiter=separator))[:SAMPLE_ROWS]
    except csv.Error as error:
        raise NotATable(N_("Filen går inte att läsa som tabell. Spara den som CSV eller .xlsx.")) from error
    ended = last in ("\n", "\r")
    if not ended:
        notes.append(N_("Filen slutar utan radslut. Kontrollera att den sista raden är hel."))
    rows = tuple(tuple(row) for row in parsed)
    return Sniffed(encoding, separator, quotes > 0, ended, bool(directive), rows, tuple(notes))


def _encoding(place: FilePlace) -> str:
    with place.opened() as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > 0.3 * len(head) / 2 and min(even, odd) == 0:
            return "utf-16-le" if odd else "utf-16-be"
        raise NotATable(
            N_("Filen innehåller binära tecken och är ingen texttabell. Spara den som CSV eller .xlsx.")
        )
    return "utf-8-sig" if _is_utf8(place) else "cp1252"


def _is_utf8(place: FilePlace) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with place.opened() as file:
        try:
            while chunk := file.read(CHUNK):
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _read_through(place: FilePlace, encoding: str) -> tuple[int, str]:
    """Count quotation marks and find the last character, and refuse what is not text."""
    quotes, last = 0, b""
    wide = encoding.startswith("utf-16")
    with place.opened() as file:
        while chunk := file.read(CHUNK):
            if not wide and b"\0" in chunk:
                raise NotATable(
                    N_("Filen innehåller binära tecken mitt i texten. Hämta den på nytt ur källsystemet.")
                )
            quotes += chunk.count(b'"')
            last = chunk[-2:]
    if encoding == "cp1252":
        _check_cp1252(place)
    tail = last.replace(b"\0", b"")[-1:]
    return quotes, tail.decode("cp1252", "replace")


def _check_cp1252(place: FilePlace) -> None:
    decoder = codecs.getincrementaldecoder("cp1252")()
    with place.opened() as file:
        while chunk := file.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _unreadable_letters() from error
            if DOUBLY_ENCODED.search(text):
                raise _unreadable_letters()


def _unreadable_letters() -> WrongEncoding:
    return WrongEncoding(
        N_(
            "Filens bokstäver går inte att läsa säkert: den blandar teckenkodningar eller har en okänd. "
            "Hämta den på nytt och välj UTF-8."
        )
    )


def _beginning(place: FilePlace, encoding: str) -> str:
    with place.opened() as file:
        head = file.read(1 << 18)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if encoding.startswith("utf-16") and text.count("\ufffd") > len(text) // 100:
        raise _unreadable_letters()
    return text.removeprefix("\ufeff")


def _suspicious_letters(text: str, encoding: str) -> list[str]:
    if encoding == "cp1252" and FOREIGN_LETTERS.search(text) and not SWEDISH.search(text):
        raise WrongEncoding(
            N_("Filens å, ä och ö är i en gammal kodning (DOS eller Mac). Hämta den på nytt och välj UTF-8.")
        )
    if "\ufffd" in text[:-4] or DOUBLY_ENCODED.search(text):
        return [N_("Några å, ä eller ö var redan förstörda i filen. Kontrollera namnen i källsystemet.")]
    return []


def _without_separator_line(text: str) -> tuple[list[str], str]:
    """Excel's own first line `sep=;` names the separator and is not shown as a row."""
    lines = text.splitlines(keepends=True)
    found = re.fullmatch(r'"?sep=(.)"?\s*', lines[0], re.IGNORECASE)
    return (lines[1:], found.group(1)) if found else (lines, "")


def _separator(lines: list[str]) -> str:
    whole = lines[:-1] or lines
    best, most = "", 0.0
    for candidate in SEPARATORS:
        widths = Counter(len(row) for row in csv.reader(whole[:SAMPLE_ROWS], delimiter=candidate) if row)
        width, rows = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]), default=(1, 0))
        score = width * rows / max(sum(widths.values()), 1)
        if width > 1 and score > most:
            best, most = candidate, score
    if not best:
        raise NotATable(
            N_("Filen har bara en kolumn. Kolumnerna ska skiljas åt av semikolon, komma eller tabb.")
        )
    return best
