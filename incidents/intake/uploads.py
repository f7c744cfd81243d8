"""Files on their way in: written to disk as they come, and never more of them than may be kept."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from incidents.evidence.inspect import MAX_FILE_BYTES


class BoundedUpload(TemporaryFileUploadHandler):
    """Reads a file to its end but stores only the first byte too many: enough to say that it is too large.

    A disk that refuses is noted as the file's `fault`, not raised: the words around the file are still to be read.
    """

    file: Any
    fault: OSError | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.fault = None
        try:
            super().new_file(*args, **kwargs)
        except OSError as fault:
            self.fault, self.file = fault, SimpleUploadedFile("refused", b"")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = MAX_FILE_BYTES + 1 - start
        if room > 0 and self.fault is None:
            try:
                super().receive_data_chunk(raw_data[:room], start)
            except OSError as fault:
                self.fault = fault

    def file_complete(self, file_size: int) -> Any:
        self.file.fault = self.fault
        try:
            return super().file_complete(min(file_size, MAX_FILE_BYTES + 1))
        except OSError as fault:
            self.file.fault = fault
            return self.file
