"""The walls around a process that evaluates foreign queries. Linux only; it imports everywhere.

A query language that reaches the network or the disk is only as safe as its engine. Here the
process has no network at all: it lives in a network namespace without any interface, or, where the
system refuses namespaces, all its file slots are taken before the first query, so that no socket
can be opened. A process that has neither does not serve.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Final, Literal

Isolation = Literal["namespace", "file-slots", "host"]
"""How the network is kept away; ``host``: the operator states that there is none."""

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_PR_SET_NO_NEW_PRIVS: Final = 38


class SandboxError(RuntimeError):
    """The network cannot be kept away from this process."""


def supported() -> bool:
    """Whether this system has the means at all."""
    return sys.platform == "linux"


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Be killed when the parent process ends (prctl(2), PR_SET_PDEATHSIG).

    Parameters
    ----------
    parent
        Number of that process: it may have ended before this was called.
    """
    if _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of what descends from here and lost its own (prctl(2)).

    Without it they go to the first process of the machine, and in a container that one may never
    ask for their ends.
    """
    if _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def give_up_privileges() -> None:
    """No program that is started from here can gain rights (prctl(2), PR_SET_NO_NEW_PRIVS)."""
    if _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def leave_network() -> bool:
    """Enter a user and a network namespace of one's own (unshare(2)).

    Only a process with one thread can. What it forks is inside, too.

    Returns
    -------
    bool
        False where the system refuses.
    """
    refused: int = _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    return not refused


def fill_file_slots() -> None:
    """Take every file slot that the process may have, so that no socket can be opened.

    A lower limit alone is not enough: one free slot is a connection.
    """
    import resource

    used = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir()) + 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (used, used))
    with contextlib.suppress(OSError):
        while True:
            os.dup(0)


def cap_memory(beyond: int) -> None:
    """Cap the address space at what it is now and ``beyond`` bytes more."""
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    cap = pages * resource.getpagesize() + beyond
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))


def no_core_dump() -> None:
    """A crash leaves no file."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def prove_no_network() -> None:
    """Try to reach a listener of this machine and the outside.

    Raises
    ------
    SandboxError
        A socket connects, or the system would send: the wall has a hole.
    """
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", 9)),
        (socket.AF_INET, ("192.0.2.1", 80)),  # TEST-NET-1, RFC 5737
        (socket.AF_INET6, ("::1", 9)),
    ):
        try:
            probe = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.EAFNOSUPPORT):
                continue
            raise
        with probe:
            probe.setblocking(False)
            code = probe.connect_ex(address)
            # On a machine with a network the first is refused and the second is under way.
            if code not in (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN):
                raise SandboxError(f"{address}: {errno.errorcode.get(code, code)}")
