"""Dates as the desk writes them, day first and by 24 hours; what people type is read as Django reads it."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
