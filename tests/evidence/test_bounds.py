"""The bounds of the processes that read hostile files: each is tried by a program that runs into it."""

import ctypes
import errno
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import child, confine, storage
from tests import make
from tests.services import wait_until
from tests.stack import ROOT

# The kernel's numbers of the calls that lead out, written down once more.
CALLS = {
    "x86_64": {"socket": 41, "io_uring_setup": 425, "ptrace": 101},
    "aarch64": {"socket": 198, "io_uring_setup": 425, "ptrace": 117},
}[os.uname().machine]
# What a program can still do, told as numbers of errors; 0 where it can.
TRY = """
import errno, os, socket
def tried(do):
    try:
        do()
    except OSError as fault:
        return fault.errno
    return 0
"""


def bounded(code, **options):
    """Whether a program ended well in its bounds, and what it said."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as folder:
        done = child.bounded(Path(folder), sys.executable, "-IS", "-c", code, output=output, **options)
        output.seek(0)
        return done, output.read().decode()


@pytest.mark.parametrize(("size", "ends_well"), [(2 << 30, False), (1 << 20, True)])
def test_a_program_that_wants_too_much_memory_ends_by_itself(size, ends_well):
    done, _ = bounded(f"bytearray({size})")
    assert done is ends_well


def test_a_program_may_use_20_seconds_of_processor_write_64_mb_and_leave_no_core():
    asked = "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE"
    _, said = bounded(f"import json, resource as r; print(json.dumps([r.getrlimit(getattr(r, n)) for n in {asked}]))")
    assert json.loads(said) == [[20, 20], [64 << 20, 64 << 20], [0, 0]]


def test_a_program_that_does_not_end_is_ended():
    done, said = bounded("import os, time\nprint(os.getpid(), flush=True)\nwhile True: time.sleep(1)", wall_s=2)
    assert done is False
    with pytest.raises(ProcessLookupError):
        os.kill(int(said), 0)


def test_a_program_gets_none_of_our_settings(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the child")
    _, said = bounded("import os; print(dict(os.environ))")
    assert "not for the child" not in said


def test_a_program_opens_no_socket():
    _, said = bounded(f"{TRY}\nprint(tried(socket.socket), tried(socket.socketpair))")
    assert said.split()[0] == str(errno.EPERM)


@pytest.mark.parametrize("call", ["socket", "io_uring_setup", "ptrace"])
def test_the_calls_that_lead_out_are_refused_by_the_kernel(call):
    code = "import ctypes; k = ctypes.CDLL(None, use_errno=True); k.syscall({}, 0, 0, 0); print(ctypes.get_errno())"
    _, said = bounded(code.format(CALLS[call]))
    assert int(said) == errno.EPERM


def test_where_the_kernel_allows_it_the_program_has_a_network_of_its_own():
    allowed = subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode == 0
    _, said = bounded("import os; print(os.readlink('/proc/self/ns/net'))")
    assert (said.strip() != os.readlink("/proc/self/ns/net")) is allowed


def landlock():
    """Whether this kernel has it at all."""
    return ctypes.CDLL(None).syscall(444, None, 0, 1) >= 1


def test_a_program_writes_into_its_folder_and_changes_nothing_else(tmp_path):
    (tmp_path / "original").write_text("evidence")
    mine, other = tmp_path / "mine", tmp_path / "original"
    mine.mkdir()
    said = tmp_path / "said"
    tries = f"tried(lambda: open({str(mine / 'x')!r}, 'w')), *(tried(lambda: do({str(other)!r})) for do in DO)"
    code = f"{TRY}\nDO = (os.unlink, lambda p: open(p, 'w'), lambda p: os.truncate(p, 0))\nprint({tries})"
    with said.open("wb") as output:
        child.bounded(mine, sys.executable, "-IS", "-c", code, output=output)
    assert said.read_text().split()[0] == "0"
    assert (other.exists() and other.read_text() == "evidence") is landlock()


def test_a_program_ends_with_the_worker_that_started_it(tmp_path):
    told = tmp_path / "told"
    inner = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    call = f"child.bounded(Path('.'), sys.executable, '-IS', '-c', {inner!r}, output=open({str(told)!r}, 'wb'))"
    outer = f"import sys; from pathlib import Path; from incidents.evidence import child; {call}"
    worker = subprocess.Popen([sys.executable, "-c", outer], cwd=ROOT)
    grandchild = int(wait_until(lambda: told.exists() and told.read_text().strip(), what="the program"))
    worker.kill()
    worker.wait()
    wait_until(lambda: not alive(grandchild), 10, what="its end")


def alive(pid):
    """Running, and not only waiting to be counted as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def photo_program(instead, tmp_path):
    """Runs the photos' program with another decoder, which writes what it can do into the working copy."""
    code = f"{TRY}\nfrom incidents.evidence import rebuild\ndef decoder(source, working, thumbnail):\n    {instead}\n"
    (tmp_path / "source").write_bytes(b"x")
    code += (
        f"rebuild.rebuild = decoder\nrebuild.main(*({str(tmp_path)!r} + n for n in ('/source', '/working', '/small')))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
    return (tmp_path / "working").read_text()


def test_a_decoder_can_open_neither_file_nor_socket(tmp_path):
    told = "tried(lambda: open('/etc/hostname')), tried(socket.socket), source.read()"
    said = photo_program(f"working.write(repr(({told})).encode())", tmp_path)
    assert said == repr((errno.EMFILE, errno.EPERM, b"x"))


def test_a_decoder_can_remove_nothing(tmp_path):
    told = f"tried(lambda: os.unlink({str(tmp_path / 'source')!r}))"
    assert photo_program(f"working.write(str({told}).encode())", tmp_path) == str(errno.EACCES if landlock() else 0)


def test_without_the_kernels_filter_a_decoder_opens_no_socket_either(tmp_path):
    """The closed door alone keeps it in, on machines whose numbers of calls we do not know."""
    blind = "rebuild.confine._CALLS.clear()\nrebuild.rebuild = decoder"
    program = "working.write(str(tried(socket.socket)).encode())\n" + blind
    assert photo_program(program, tmp_path) == str(errno.EMFILE)


def test_a_decoder_has_the_memory_and_time_of_every_bounded_program(tmp_path):
    asked = "r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0]"
    said = photo_program(f"import resource as r; working.write(repr(({asked})).encode())", tmp_path)
    assert said == repr((confine.MEMORY_BYTES, confine.CPU_S))


def test_a_photo_that_takes_for_ever_is_left_alone(monkeypatch, marisol):
    """A few hundred kilobytes that ask for the same picture to be drawn over and over."""
    buffer = io.BytesIO()
    Image.new("L", (6_000, 6_000), 128).save(buffer, "JPEG", progressive=True)
    plain = buffer.getvalue()
    again = plain[plain.rindex(b"\xff\xda") : -2]
    monkeypatch.setattr(child, "WALL_S", 2)
    row = attach(make.report(marisol), storage.keep([plain[:-2], again * 3_000, b"\xff\xd9"]))
    assert prepare(row.pk)
    row.refresh_from_db()
    assert (row.state, row.preview) == ("done", "none")
