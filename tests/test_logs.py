"""Logs: where it went wrong, never what was stored."""

import logging

from django.conf import settings

from observer.logs import DiscreetFormatter


def test_an_exception_is_logged_without_what_it_says():
    # Put together here, for a log does quote the lines of the program.
    stored = "El sargento Qui" + "spe"
    try:
        raise ValueError(f"DETAIL: Failing row contains ({stored})")
    except ValueError as fault:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "failed", (), (type(fault), fault, fault.__traceback__)
        )
    line = DiscreetFormatter("%(message)s").format(record)
    assert "Quispe" not in line
    assert line.endswith("ValueError")
    assert "test_logs.py" in line


def test_every_handler_is_discreet():
    kinds = {
        settings.LOGGING["formatters"][handler["formatter"]]["()"] for handler in settings.LOGGING["handlers"].values()
    }
    assert kinds == {"observer.logs.DiscreetFormatter"}
