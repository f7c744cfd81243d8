#!/usr/bin/env python
"""The command line of Observer."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connection

    from observer.startup import stop_without_database

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as fault:
        if connection.connection is not None:
            raise
        stop_without_database(fault)


if __name__ == "__main__":
    main()
