"""Files on their way in: written to disk as they come, and never more of them than may be kept."""

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from incidents.evidence.inspect import MAX_FILE_BYTES


class BoundedUpload(TemporaryFileUploadHandler):
    """Reads a file to its end but stores only the first byte too many: enough to say that it is too large."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = MAX_FILE_BYTES + 1 - start
        if room > 0:
            super().receive_data_chunk(raw_data[:room], start)

    def file_complete(self, file_size: int) -> Any:
        return super().file_complete(min(file_size, MAX_FILE_BYTES + 1))
