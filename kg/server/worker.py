"""A worker: evaluates one query at a time and serialises the whole answer.

It is forked from the spawner with the dataset in memory, reads jobs from a socket and writes one
answer for each. It keeps no state, opens no file and has no network. Whatever goes wrong in the
engine, from a panic to a stack that overflows, ends this process and no other.
"""

from __future__ import annotations

import gzip
import io
import re
import signal
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.server.formats import ENGINE_GRAPHS, ENGINE_TABLES
from kg.server.wire import (
    ANSWER,
    FAILED,
    MALFORMED,
    NOT_ACCEPTABLE,
    TOO_LARGE,
    Job,
    frame,
    receive,
)
from kg.terms import BASE

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

TAGS: Final = re.compile(rb'"@([A-Za-z]+-[A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*)')
"""Language tags of N-Quads with a capital letter in them."""
TagCase = list[tuple[re.Pattern[bytes], bytes]]
_WORTH_COMPRESSING: Final = 1_400  # less fits one packet as it is


class _TooLargeError(Exception):
    pass


class _Bounded(io.BytesIO):
    """A file in memory that refuses to grow beyond a bound."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, part: Buffer) -> int:
        """Take a part of the answer."""
        written = super().write(part)
        if self.tell() > self.most:
            raise _TooLargeError
        return written


def evaluate(
    dataset: ox.Store,
    job: Job,
    most: int,
    prefixes: Mapping[str, str],
    case: Mapping[str, TagCase],
) -> bytes:
    """The content of the frame that answers a job.

    Parameters
    ----------
    most
        Length of the longest answer, in bytes.
    prefixes
        Prefix to namespace, for Turtle and RDF/XML.
    case
        From :func:`tag_case`.
    """
    try:
        graphs: dict[str, object] = {}
        if job.default_graphs is not None or job.named_graphs is not None:
            graphs["default_graph"] = [ox.NamedNode(iri) for iri in job.default_graphs or ()]
            graphs["named_graphs"] = [ox.NamedNode(iri) for iri in job.named_graphs or ()]
        answer = dataset.query(job.query, base_iri=BASE, **graphs)  # type: ignore[arg-type]
    except (SyntaxError, ValueError) as error:
        return MALFORMED + str(error).encode("utf-8", "replace")
    except (OSError, RuntimeError) as error:  # a function that the engine does not know
        return FAILED + str(error).encode("utf-8", "replace")
    out = _Bounded(most)
    try:
        if isinstance(answer, ox.QueryTriples):
            if job.graph is None:
                return NOT_ACCEPTABLE + b"graph"
            form = ENGINE_GRAPHS[job.graph]
            named = dict(prefixes) if job.graph in ("turtle", "rdfxml", "jsonld") else None
            ox.serialize(answer, out, form, prefixes=named)
        else:
            if job.table is None:
                return NOT_ACCEPTABLE + b"table"
            answer.serialize(out, ENGINE_TABLES[job.table])
    except _TooLargeError:
        return TOO_LARGE
    except (ValueError, OSError, RuntimeError) as error:
        return FAILED + str(error).encode("utf-8", "replace")
    body = out.getvalue()
    used = job.graph if isinstance(answer, ox.QueryTriples) else job.table
    for lower, usual in case.get(used or "", ()):
        body = lower.sub(usual, body)
    packed = job.gzip and len(body) >= _WORTH_COMPRESSING
    kind = b"g" if isinstance(answer, ox.QueryTriples) else b"t"
    # Time zero: equal answers are equal bytes.
    return ANSWER + kind + (b"z" + gzip.compress(body, 5, mtime=0) if packed else b"p" + body)


def tag_case(tags: Iterable[bytes]) -> dict[str, TagCase]:
    """For each format, what to replace so that language tags have their usual case again.

    The engine knows tags in lower case only; BCP 47 (RFC 5646, section 2.1.1) writes ``zh-Hans``.
    What stands in the text of a literal is left alone: the engine escapes quotation marks there.
    """
    before = {
        "json": b'"xml:lang":"%s"',
        "xml": b' xml:lang="%s"',
        "tsv": b'"@%s',
        "turtle": b'"@%s',
        "ntriples": b'"@%s',
        "jsonld": b'"@language":"%s"',
        "rdfxml": b' xml:lang="%s"',
    }

    def unescaped(text: bytes) -> re.Pattern[bytes]:
        # The look back comes last: to find a pattern with a fixed beginning takes no time.
        literal = re.escape(text)
        return re.compile(literal + rb"(?<!\\" + literal + rb")")

    return {
        name: [(unescaped(pattern % tag.lower()), pattern % tag) for tag in sorted(set(tags))]
        for name, pattern in before.items()
    }


def run(
    connection: socket.socket,
    dataset: ox.Store,
    *,
    seconds: float,
    most: int,
    prefixes: Mapping[str, str],
    case: Mapping[str, TagCase],
    ready: Callable[[], None],
) -> None:
    """Answer jobs until the other side closes.

    Parameters
    ----------
    seconds
        A query that runs longer ends this process by itself, should nobody else end it.
    ready
        Called once before the first job: the last walls go up here, and are proved.
    """
    import resource  # not on every system; the rest of this module is

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    ready()
    connection.sendall(frame(b"R"))
    while (content := receive(connection)) is not None:
        # The engine cannot be interrupted from Python, but the default action of both signals
        # ends the process from the kernel's side.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (spent + int(seconds) + 2, hard))
        answer = evaluate(dataset, Job.decode(content), most, prefixes, case)
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.sendall(frame(answer))
