"""Static files as they leave: hashed names down to the last import, compressed, no comments in our scripts.

Comments and indents are for whoever works on them; over 2G they are a quarter of a small module.
"""

import re
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Lines of comment, ends of lines, and what only indents: our modules hold no text in which these could stand.
_ASIDE = re.compile(rb"^[ \t]*//.*\n|[ \t]+// .*$|^[ \t]+|^\n", re.MULTILINE)
_OURS = re.compile(r"incidents/(intake|review)/[^/]+\.js")


class Assets(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    # As deep as our modules import each other, and one pass to see that nothing changed.
    max_post_process_passes = 8

    def file_hash(self, name: str, content: Any = None) -> str | None:
        """Eight digits of it: enough to tell versions apart, and the worker's list is a third shorter."""
        full: str | None = super().file_hash(name, content)
        return full and full[:8]

    def _save(self, name: str, content: Any) -> str:
        if _OURS.fullmatch(name):
            content.seek(0)
            content = ContentFile(_ASIDE.sub(b"", content.read()))
        return super()._save(name, content)
