"""Which collections there are."""

from incidents.api.ogc.boundaries import Boundaries
from incidents.api.ogc.collection import Collection
from incidents.api.ogc.incidents import Incidents

COLLECTIONS: dict[str, Collection] = {one.name: one for one in (Incidents(), Boundaries())}
