"""The columns that an export has, what HXL calls them (https://hxlstandard.org), and those of the ACLED-like profile.

Names alone, so that whatever reads the address of an export knows them; what stands in a column is not known here.
"""

# Column → HXL hashtag, in the order of the file.
HXL = {
    "id": "#event+id",
    "occurred_at": "#date+occurred",
    "reported_at": "#date+reported",
    "category": "#event+type",
    "category_label": "#event+type+label",
    "huridocs": "#event+type+huridocs",
    "huridocs_list": "#event+type+huridocs+list",
    "acled": "#event+type+acled",
    "severity": "#severity",
    "verification": "#status+verification",
    "status": "#status",
    "perpetrators": "#actor+perpetrator+list",
    "adm1_name": "#adm1+name",
    "adm1_code": "#adm1+code",
    "adm2_name": "#adm2+name",
    "adm2_code": "#adm2+code",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "precision": "#geo+precision",
    "place_level": "#geo+precision+level",
    "description": "#description",
    "updated_at": "#date+updated",
    "mission": "#meta+id+mission",
    "is_demonstration": "#meta+demonstration",
}
COLUMNS = tuple(HXL)

ACLED = {
    "event_date": "#date+occurred",
    "time_precision": "#date+occurred+precision",
    "event_type": "#event+type",
    "sub_event_type": "#event+type+sub",
    "actor1": "#actor+perpetrator+list",
    "civilian_targeting": "#event+targeting",
    "admin1": "#adm1+name",
    "admin2": "#adm2+name",
    "location": "#loc+name",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "geo_precision": "#geo+precision",
    "source": "#meta+source",
    "notes": "#description",
    "fatalities": "#affected+killed",
    "timestamp": "#date+updated",
    "id": "#event+id",
}
PROFILES = {"acled": ACLED}


def named(profile: str) -> dict[str, str]:
    """The columns of a profile and their hashtags; of none, the agreed ones."""
    return PROFILES.get(profile, HXL)
