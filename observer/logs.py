"""How log lines look.

What an error says can hold what was stored, so only its type and its way through the code are kept.
"""

import logging
import traceback
from types import TracebackType


class DiscreetFormatter(logging.Formatter):
    """Leaves out the messages of exceptions: PostgreSQL quotes the failing row in them."""

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple) -> str:
        kind, _fault, way = ei
        frames = "".join(traceback.format_tb(way)) if way else ""
        return f"{frames}{getattr(kind, '__name__', kind)}"
