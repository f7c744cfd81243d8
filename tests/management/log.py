"""What the tests of the import share: a small log, its mapping, and the account at the end."""

import re

HEADER = "no;day;what;told;lat;lon"
ROWS = [
    "1;2020-10-18;intimidation;They wrote down names.;-16.5;-68.15",
    "2;2020-10-18T09:30;arrest_detention;He was taken away.;;",
    "3;2020-10-18T13:30:00Z;other;Señal cortada.;-17.78;-63.18",
]
MAP = ("external_id=no", "occurred_at=day", "categories=what", "words=told", "latitude=lat", "longitude=lon")


def account(told):
    """The numbers of the summary: read, new, here, changed, refused."""
    return [int(number) for number in re.findall(r"^ *(\d+)  ", told, re.MULTILINE)]
