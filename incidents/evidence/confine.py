"""What a process may use that reads a hostile file: little memory, little time, no network, and no disk to write to.

Called from inside such a process, or as a program that puts another into the same bounds and becomes it:
`python confine.py FOLDER PROGRAM ARGUMENTS…`, where FOLDER is the only place it may write to. Needs nothing but the
standard library; knows nothing of evidence.
"""

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys

MEMORY_BYTES = 1 << 30
CPU_S = 20
MAX_PIXELS = 50_000_000
# What it writes: a working copy is about as large as the largest file that is taken.
OUTPUT_BYTES = 64 << 20

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 1, 38, 22, 2
_ERROR, _ALLOW, _EPERM = 0x00050000, 0x7FFF0000, 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
# (AUDIT_ARCH, numbers of socket, io_uring_setup, ptrace): io_uring opens sockets by itself.
_CALLS = {
    "x86_64": (0xC000003E, (41, 425, 101)),
    "aarch64": (0xC00000B7, (198, 425, 117)),
}
_X32 = 0x40000000  # x86-64's second set of numbers for the same calls
# Landlock, numbered alike on all machines: writing, removing and making files of any kind; since its third
# version also cutting them short.
_NEW_RULES, _ADD_RULE, _OBEY, _ASK_VERSION, _BENEATH = 444, 445, 446, 1, 1
_WRITING, _CUTTING = 0b1_1111_1111_0010, 1 << 14


_kernel = ctypes.CDLL(None, use_errno=True)


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction))]


def confine() -> None:
    """Bound this process, and cut it off from the network as well as the kernel allows."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the picture
    # Many machines refuse this one; then the filter, and for our own program the closed door, must do.
    _kernel.unshare(_NEW_USER | _NEW_NETWORK)
    # After it, for it makes the kernel forget: whoever started us is gone, and so are we.
    _kernel.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    _kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _refuse_sockets()


def write_only_below(*folders: str) -> None:
    """Nothing else on the disk can be changed or removed, where the kernel has Landlock; reading is left alone."""
    version = _kernel.syscall(_NEW_RULES, None, 0, _ASK_VERSION)
    if version < 1:
        return
    rights = ctypes.c_uint64(_WRITING | (_CUTTING if version >= 3 else 0))
    rules = _kernel.syscall(_NEW_RULES, ctypes.byref(rights), ctypes.sizeof(rights), 0)
    for folder in folders:
        place = os.open(folder, os.O_PATH)
        _kernel.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", rights.value, place), 0)
        os.close(place)
    _kernel.syscall(_OBEY, rules, 0)
    os.close(rules)


def close_the_door() -> None:
    """From here on nothing can be opened, written anew or removed, and no socket made; what is open stays usable."""
    write_only_below()
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _refuse_sockets() -> None:
    """A filter in the kernel that outlives exec: the calls that lead to a network, or into another process, fail."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return
    architecture, refused = known
    last = len(refused) + 1
    rules = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, last + 2, architecture),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, last, 0, _X32),
        *((_EQUAL, last - at, 0, number) for at, number in enumerate(refused, start=1)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | _EPERM),
    ]
    program = (_Instruction * len(rules))(*(_Instruction(*rule) for rule in rules))
    _kernel.prctl(_SECCOMP, _FILTER, ctypes.byref(_Program(len(rules), program)), 0, 0)


if __name__ == "__main__":
    confine()
    with contextlib.suppress(OSError):
        write_only_below(sys.argv[1])
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - becoming the program is the purpose
    sys.exit(127)
