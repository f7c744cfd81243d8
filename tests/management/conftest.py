"""A table on disk, and the import of one."""

import pytest
from django.core.management import CommandError, call_command

from tests.management.log import HEADER, MAP


@pytest.fixture
def sheet(tmp_path):
    """Writes a table and gives its path."""

    def write(*rows, header=HEADER, name="log.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
        return path

    return write


@pytest.fixture
def run(bolivia, capsys):
    """Imports a file; gives the exit code and what was printed."""

    def run(path, *options, mapped=MAP):
        arguments = [str(path), *(f"--map={entry}" for entry in mapped), *options]
        if not any(str(option).startswith("--mission") for option in options):
            arguments.append(f"--mission={bolivia.slug}")
        code = 0
        try:
            call_command("import_reports", *arguments)
        except CommandError as fault:
            code, last = fault.returncode, str(fault)
            assert "\n" not in last
            print(last)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run
