"""What is uploaded and too large for memory waits sealed too, with a key that nobody keeps."""

from __future__ import annotations

import io
import secrets
import tempfile
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from samhandla.trust.sealed import PIECE, SealedReader, Sealer

BOUND = "upload"


class SealedUploadHandler(FileUploadHandler):
    """Takes the place of Django's temporary files, which lie as they came until the request is over.

    The file has no name, so that nothing is left behind when the process is killed, and its key lives in
    this process only.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._secret = secrets.token_urlsafe(32)
        self._file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as the upload
        self._sealer = Sealer(self._file, self._secret, bound_to=BOUND)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._sealer.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._sealer.finish()
        self._file.seek(0)
        content = io.BufferedReader(SealedReader(self._file, self._secret, bound_to=BOUND), PIECE)
        return UploadedFile(
            content,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
