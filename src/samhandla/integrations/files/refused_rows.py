"""The rows that were not taken, as they stood: to mend and to send again."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from samhandla.integrations.files.mapping import Mapping, find_columns
from samhandla.integrations.files.read import FileTable

FREE = "status"  # the one field whose words can be free text about why somebody was away
NOT_PROTECTED = frozenset({"", "nej", "no", "n", "0", "false", "falskt", "ingen"})


class RefusedRows(msgspec.Struct, frozen=True):
    """The headers of the columns that are used, and by row number what stood in them."""

    headers: tuple[str, ...]
    rows: dict[int, tuple[str, ...]]


def refused_rows(table: FileTable, mapping: Mapping, numbers: Collection[int]) -> RefusedRows:
    """Return some rows of a file as they stood, in the columns that the mapping uses.

    Columns that nothing is read from are left out, and words for absence that are no known code: they may be
    about health. Of somebody marked as protected nothing is given.

    Raises:
        FileSourceError: the file cannot be read.
    """
    found = sorted((place, field) for field, (place, _column) in find_columns(mapping, table.headers).items())
    places = [place for place, _field in found]
    fields = {field: place for place, field in found}
    known = {code.strip().casefold() for code in mapping.values.get(FREE, {})}
    wanted, rows = set(numbers), {}
    for number, row in table.rows():
        if not wanted:
            break
        if number not in wanted:
            continue
        wanted.discard(number)
        if "protected" in fields and row[fields["protected"]].strip().casefold() not in NOT_PROTECTED:
            continue
        if FREE in fields and row[fields[FREE]].strip().casefold() not in known:
            row = [*row]
            row[fields[FREE]] = ""
        rows[number] = tuple(row[place] for place in places)
    return RefusedRows(tuple(table.headers[place] for place in places), rows)
