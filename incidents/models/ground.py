"""What a mission may lay under its maps: tiles of a server it names, or a file of tiles that lies with ourselves.

Knows addresses and names only, neither files nor pages.
"""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# Part of it stands in a header, the Content-Security-Policy: nothing that could end a source or a directive.
_TILES = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9._~%/{}?&=@+:-]+")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.pmtiles")


def check_tiles(address: str) -> None:
    if not address.startswith("https://"):
        raise ValidationError(
            _("The address must begin with https://, or anybody on the way could read the map along.")
        )
    placeholders = sorted(re.findall(r"\{([^}]*)\}", address))
    if not _TILES.fullmatch(address) or placeholders != ["x", "y", "z"]:
        raise ValidationError(
            _("Write one server's address with {z}, {x} and {y}, like %(example)s") % {"example": LIKE}
        )


def check_file(name: str) -> None:
    if not _FILE.fullmatch(name):
        raise ValidationError(_("The name of a file only, ending in .pmtiles: letters, digits, dots and hyphens."))


LIKE = "https://tiles.example.org/{z}/{x}/{y}.png"


class Ground(models.Model):
    map_tiles = models.CharField(
        _("address of map tiles"),
        max_length=300,
        blank=True,
        validators=[check_tiles],
        help_text=_(
            "Optional. Whoever runs that server learns what part of the map the desk looks at, and when. "
            "Without it nothing of the map is asked of anybody else."
        ),
    )
    map_file = models.CharField(
        _("map file"),
        max_length=100,
        blank=True,
        validators=[check_file],
        help_text=_("Optional. A PMTiles file in the folder “tiles” of the data directory; nobody else learns of it."),
    )
    map_attribution = models.CharField(
        _("source of the map"),
        max_length=200,
        blank=True,
        help_text=_("As its licence asks, such as © OpenStreetMap contributors. Shown on every map."),
    )

    class Meta:
        abstract = True

    @property
    def tiles_origin(self) -> str:
        """The one origin that a page may load tiles from; empty where no address is set, or it is not fit to be."""
        if not _TILES.fullmatch(self.map_tiles):
            return ""
        return f"https://{urlsplit(self.map_tiles).netloc}"
