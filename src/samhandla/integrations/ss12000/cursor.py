"""How far a fetch has come, as JSON that can be stored beside the batch and taken up again."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from samhandla.integrations.ss12000.errors import BadSettings
from samhandla.lib.i18n import N_, say

VERSION = 1


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """What has been fetched of one source.

    `started` is the source's own time when the fetch began, which is what the next fetch
    asks changes since. `done` are resources that are finished; `resource`, `token` and
    `page` tell where in the next one to go on.
    """

    source: str
    started: datetime
    since: datetime | None = None
    window: tuple[date, date] | None = None
    done: tuple[str, ...] = ()
    resource: str | None = None
    token: str | None = None
    page: int = 0
    attendance_inside: bool = False
    version: int = VERSION

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str, source: str) -> Cursor:
        """Read a stored cursor. Raises: BadSettings when it is damaged or of another source."""
        try:
            cursor = msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError as error:
            raise _useless(say(N_("är skadad"))) from error
        if cursor.version != VERSION or cursor.source != source:
            raise _useless(say(N_("hör till en annan källa eller version")))
        return cursor


def _useless(why: str) -> BadSettings:
    return BadSettings(
        say(N_("Den avbrutna hämtningen kan inte återupptas: markören {why}. Börja om från början."), why=why)
    )
