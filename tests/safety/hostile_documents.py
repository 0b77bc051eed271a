"""Hostile documents by name: what each attacks, and whether it is refused.

A document is put where the command reads files: a curated file in a folder of facts (``kg check``),
or a dataset (``kg --data``). ``LISTENER`` and ``CANARY`` in its text are filled in as in
:mod:`tests.safety.hostile_queries`.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Reader = Literal["facts", "dataset"]
"""``facts``: a file ``city/hostile.yaml`` among good ones. ``dataset``: a file of N-Quads."""

MIB: Final = 1 << 20


@dataclass(frozen=True)
class Hostile:
    """A hostile document.

    Attributes
    ----------
    content
        The bytes, or what makes the file at a path.
    refused
        Whether it must be refused; otherwise it must be taken, since there is no harm in it.
    said
        A word of the message, so that it is refused for what is wrong with it.
    """

    name: str
    attacks: str
    reader: Reader
    content: bytes | Callable[[Path], None]
    refused: bool = True
    said: str = ""

    def write(self, path: Path, listener: str, canary: str) -> None:
        """Make the file."""
        if isinstance(self.content, bytes):
            content = self.content.replace(b"LISTENER", listener.encode())
            path.write_bytes(content.replace(b"CANARY", canary.encode()))
        else:
            self.content(path)


_SOUND: Final = """graphs:
  - id: claim/hostile-001
    type: Claim
    at: [test-report/P01S1]
    grade: account
    status: accepted
    entered: 2026-11-23
    states:
      - id: programme/no-hostile
        type: Programme
        name: {en: Hostile, zh-Hans: 敌意}
        labelStatus: official
        city: city/testville
        kind: [programme]
        startYear: 2017
        website: https://example.org/
"""


def _instead(old: str, new: str) -> bytes:
    assert old in _SOUND
    return _SOUND.replace(old, new).encode("utf-8", "surrogatepass")


def _name(text: str) -> bytes:
    return _instead("en: Hostile", f"en: {text}")


def _bomb(levels: int) -> str:
    lines = ['a0: &a0 ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]']
    lines += (
        f"a{level}: &a{level} [" + ",".join([f"*a{level - 1}"] * 9) + "]"
        for level in range(1, levels)
    )
    return "\n".join(lines) + "\n"


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _sparse(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def _yaml() -> Iterator[Hostile]:
    def case(
        name: str,
        content: bytes | str | Callable[[Path], None],
        said: str = "",
        *,
        refused: bool = True,
    ) -> Hostile:
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        return Hostile(name, "the reader of curated files", "facts", content, refused, said)

    yield case("sound", _SOUND, refused=False)
    # What YAML can do and curated files need not.
    yield case("alias-bomb", _bomb(9), "anchor")
    yield case("alias-bomb-deep", _bomb(2_000), "anchor")
    yield case("alias-to-itself", "graphs: &a [*a]\n", "anchor")
    yield case("alias-unknown", "graphs: *nowhere\n", "alias")
    yield case("merge-key", _instead("    type: Claim", "    <<: {type: Claim}"), "<<")
    yield case("merge-key-alias", "a: &a {b: 1}\ngraphs: {<<: *a}\n", "anchor")
    yield case("tag-python-object", "graphs: !!python/object:os.system [CANARY]\n", "tag")
    yield case(
        "tag-python-apply", "graphs: !!python/object/apply:os.system ['cat CANARY']\n", "tag"
    )
    yield case("tag-python-name", "graphs: !!python/name:os.system\n", "tag")
    yield case(
        "tag-directive", "%TAG ! tag:yaml.org,2002:python/\n--- !object:os.system {}\n", "tag"
    )
    yield case("tag-binary", "graphs: !!binary aGVsbG8=\n", "tag")
    yield case("tag-set", "graphs: !!set {a, b}\n", "tag")
    yield case("tag-include", "graphs: !include CANARY\n", "tag")
    yield case("yaml-version", "%YAML 9.9\n---\ngraphs: []\n")
    yield case(
        "duplicate-key", _instead("    type: Claim", "    type: Claim\n    type: Claim"), "type"
    )
    yield case("duplicate-keys-many", "graphs: []\n" * 300_000)
    yield case("key-not-text", "graphs: []\n? [a, b]\n: c\n")
    yield case("key-is-a-map", "graphs: []\n? {a: b}\n: c\n")
    yield case("several-documents", _SOUND + "---\n" + _SOUND)
    yield case("norway", _instead("startYear: 2017", "startYear: NO"), "NO")
    yield case("octal", _instead("startYear: 2017", "startYear: 0755"), "0755")
    yield case("sexagesimal", _instead("startYear: 2017", "startYear: 12:30:45"), "12:30:45")
    yield case("hexadecimal", _instead("startYear: 2017", "startYear: 0x7E1"), "0x7E1")
    yield case("not-a-number", _instead("startYear: 2017", "startYear: .nan"), ".nan")
    yield case("null", _instead("startYear: 2017", "startYear: ~"), "~")
    yield case(
        "digits-of-another-script", _instead("startYear: 2017", "startYear: 2\u0660\u0661\u0667")
    )
    yield case("digits-wide", _instead("startYear: 2017", "startYear: 2\uff10\uff11\uff17"))
    yield case("digits-in-a-date", _instead("2026-11-23", "2026-11-2\u0663"))
    yield case("year-nought", _instead("2026-11-23", "0000-01-01"))
    yield case("year-huge", _instead("startYear: 2017", "startYear: " + "9" * 100_000))
    # Depth, length, number.
    yield case("flow-5000-deep", "graphs: " + "[" * 5_000, "nesting")
    yield case("flow-million-deep", "graphs: " + "[" * 1_000_000, "nesting")
    yield case("maps-5000-deep", "graphs: " + "{a: " * 5_000, "deep")
    yield case("lines-2000-deep", "".join("  " * i + "a:\n" for i in range(1_000)), "deep")
    yield case("dashes-deep", "graphs:\n  " + "- " * 100_000 + "a\n", "deep")
    yield case("keys-complex-deep", "? " * 50_000 + "a\n")
    yield case("quote-not-closed", _SOUND + '"' + "a" * MIB)
    yield case("bracket-not-closed", "graphs: [" + "a, " * 300_000)
    yield case("very-long-line", _name("A" * 3 * MIB), "longer")
    yield case("very-long-key", "graphs: []\n" + "k" * 3 * MIB + ": a\n")
    yield case("very-long-key-in-a-thing", _instead("startYear", "k" * MIB))
    yield case("very-long-type", _instead("type: Programme", "type: " + "Programm" * 250_000))
    yield case("very-long-id", _instead("programme/no-hostile", "programme/" + "a-" * MIB + "a"))
    yield case(
        "very-long-address", _instead("example.org/", "example.org/" + "a" * 3 * MIB), "longer"
    )
    yield case("very-long-concept", _instead("accepted", "accepte" * 200_000))
    yield case(
        "unknown-keys-many", _SOUND + "".join(f"        knd{i}: a\n" for i in range(100_000))
    )
    yield case("unknown-types-many", "graphs:\n" + "  - {id: claim/a, type: Clam}\n" * 60_000)
    yield case(
        "unknown-concepts-many", _SOUND + "        practices: [" + "opn-data, " * 150_000 + "a]\n"
    )
    yield case("empty-graphs-many", "graphs:\n" + "  - {}\n" * 300_000)
    yield case("four-megabytes-and-one", "#" + "a" * 4 * MIB, "MiB")
    yield case("sparse-hundred-megabytes", _sparse(100 * MIB), "MiB")
    yield case("tabs-only", "\t\n" * 2 * MIB)
    yield case("nul-bytes-only", _sparse(4 * MIB))
    yield case("line-ends-only", "\n" * 4 * MIB)
    yield case("comments-only", "#\n" * 2 * MIB)
    yield case("empty", "")
    # Characters and encodings.
    yield case("nul-in-a-name", _name('"a\x00b"'), "U+0000")
    yield case("nul-escape", _name('"a\\0b"'))
    yield case("control-escape", _name('"a\\x1b[2Jb"'))
    yield case("bidi", _name("a\u202eb"), "U+202E")
    yield case("bidi-escape", _name('"a\\u202eb"'))
    yield case("zero-width", _name("a\u200bb"), "U+200B")
    yield case("zero-width-escape", _name('"a\\u200bb"'))
    yield case("surrogate-escape", _name('"a\\ud800b"'))
    yield case("surrogate-pair-escape", _name('"a\\ud83d\\ude00b"'))
    yield case("surrogate-bytes", _name("a\ud800b"), "UTF-8")
    yield case("private-use-escape", _name('"a\\ue000b"'))
    yield case("not-a-character-escape", _name('"a\\uffffb"'))
    yield case("line-separator", _name("a\u2028b"), "U+2028")
    yield case("line-separator-escape", _name('"a\\Lb"'))
    yield case("next-line-escape", _name('"a\\Nb"'))
    yield case("line-break-escape", _name('"a\\nb"'), refused=False)
    yield case("decomposed-escape", _name('"e\\u0301"'))
    yield case("escape-beyond-unicode", _name('"\\UFFFFFFFF"'))
    yield case("invalid-utf8", _SOUND.encode() + b"\xff\xfe\n", "UTF-8")
    yield case("overlong-utf8", _name("a").replace(b"en: a", b"en: \xc0\xaf"), "UTF-8")
    yield case("utf-16", _SOUND.encode("utf-16"), "UTF-8")
    yield case("utf-32", _SOUND.encode("utf-32"))
    yield case("utf-16-unmarked", _SOUND.encode("utf-16-le"))
    yield case("byte-order-mark", b"\xef\xbb\xbf" + _SOUND.encode(), "U+FEFF")
    yield case("carriage-returns-only", _SOUND.replace("\n", "\r"), "U+000D")
    yield case("windows-lines", _SOUND.replace("\n", "\r\n"), "CRLF")
    yield case("gzip", gzip.compress(_SOUND.encode(), mtime=0))
    yield case("random", bytes(range(256)) * 100)
    # Other languages under this name.
    yield case("html", "<!DOCTYPE html><html><script>fetch('LISTENER')</script></html>")
    yield case("json-ld-context", json.dumps({"@context": "LISTENER", "graphs": []}), "@context")
    yield case("json-ld-graph", json.dumps({"@graph": [{"@id": "CANARY"}]}))
    yield case(
        "json-ld-context-within",
        _instead("    type: Claim", '    "@context": LISTENER\n    type: Claim'),
        "@context",
    )
    yield case(
        "json-ld-import",
        _instead("    type: Claim", '    "@import": LISTENER\n    type: Claim'),
        "@import",
    )
    yield case("json-ld-id", _instead("id: programme/no-hostile", '"@id": CANARY'), "@id")
    yield case(
        "json-ld-reverse",
        _instead("        city:", '        "@reverse": {a: b}\n        city:'),
        "@reverse",
    )
    yield case("turtle", "@prefix a: <LISTENER> .\na:b a:c a:d .\n")
    yield case("xml-entities", '<!DOCTYPE a [<!ENTITY b SYSTEM "CANARY">]><a>&b;</a>')
    yield case("template", _name('"{{7*7}} ${7*7} {0} {x} %s"'), refused=False)
    # Addresses and names.
    for scheme in (
        "javascript:alert(1)",
        "data:text/html,a",
        "CANARY",
        "../../etc/passwd",
        "//example.org/",
    ):
        title = scheme.partition(":")[0].strip("./").partition("/")[0]
        yield case(
            f"address-{title}", _instead("website: https://example.org/", f"website: '{scheme}'")
        )
    yield case("address-with-a-space", _instead("example.org/", "example.org/a b"))
    yield case("address-with-quotes", _instead("example.org/", 'example.org/"onload="a'))
    yield case(
        "address-with-line-break",
        _instead("https://example.org/", '"https://example.org/\\r\\nSet-Cookie: a"'),
    )
    yield case("address-of-an-odd-host", _instead("https://example.org/", "'https://[::1'"))
    yield case("address-percent", _instead("example.org/", "example.org/%zz%"))
    yield case("id-climbs", _instead("id: programme/no-hostile", "id: programme/../../ontology"))
    yield case("id-absolute", _instead("id: programme/no-hostile", "id: LISTENER"))
    yield case("id-script", _instead("id: programme/no-hostile", "id: 'javascript:alert(1)'"))
    yield case(
        "id-of-a-graph-climbs", _instead("id: claim/hostile-001", "id: claim/../graph/derived")
    )
    yield case("id-derived-graph", _instead("id: claim/hostile-001", "id: graph/derived"))
    yield case("name-with-markup", _name('"<script>alert(1)</script>"'))
    # Things that are no files.
    yield case("fifo", lambda path: os.mkfifo(path))
    yield case("folder", lambda path: path.mkdir())
    yield case("link-to-passwords", _link("/etc/passwd"))
    yield case("link-to-a-device", _link("/dev/zero"))
    yield case("link-to-the-terminal", _link("/dev/stdin"))
    yield case("link-to-itself", _link("hostile.yaml"))
    yield case("link-to-nothing", _link("nowhere.yaml"))
    yield case("link-to-the-folder", _link(".."))
    yield case("link-to-memory", _link("/proc/self/mem"))
    yield case("link-to-environment", _link("/proc/self/environ"))
    yield case("unreadable-name", lambda path: _odd_names(path, _SOUND.encode()), refused=False)


def _odd_names(path: Path, content: bytes) -> None:
    """The file, and beside it files whose names are no text or give orders to a terminal."""
    path.write_bytes(content)
    folder = os.fsencode(path.parent)
    for number, name in enumerate((b"\xff\xfe.yaml", b"a\nb.yaml", b"\x1b[2J.yaml", b"-rf.yaml")):
        other = content.replace(b"hostile", b"hostile-%d" % number)
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(other)


_QUAD: Final = '<http://example.org/s> <http://example.org/p> "o" <http://example.org/g> .\n'


def _nquads() -> Iterator[Hostile]:
    def case(
        name: str,
        content: bytes | str | Callable[[Path], None],
        said: str = "",
        *,
        refused: bool = True,
    ) -> Hostile:
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        return Hostile(f"nq-{name}", "the reader of datasets", "dataset", content, refused, said)

    def literal(text: str) -> str:
        return f'<http://example.org/s> <http://example.org/p> "{text}" .\n'

    def iri(text: str) -> str:
        return f'<{text}> <http://example.org/p> "o" .\n'

    yield case("sound", _QUAD, refused=False)
    yield case("empty", "", refused=False)
    yield case("comments", "# nothing\n" * 100_000, refused=False)
    yield case("not-closed", '<http://example.org/s> <http://example.org/p> "o')
    yield case("five-terms", _QUAD.replace(" .", " <a:b> ."))
    yield case("no-full-stop", _QUAD.replace(" .", ""))
    yield case("literal-as-subject", '"s" <a:p> <a:o> .\n')
    yield case("blank-as-predicate", "<a:s> _:p <a:o> .\n")
    yield case("variable", "?s <a:p> <a:o> .\n")
    yield case("relative-iri", iri("../../etc/passwd"))
    yield case("iri-with-space", iri("http://example.org/a b"))
    yield case("iri-with-brackets", iri("http://example.org/{a}|^`"))
    yield case("iri-with-quote-escape", iri("http://example.org/\\u0022\\u003e"))
    yield case("iri-with-nul-escape", iri("http://example.org/\\u0000"))
    yield case("iri-with-line-break-escape", iri("http://example.org/\\u000aa"))
    yield case("iri-javascript", iri("javascript:alert(1)"), refused=False)
    yield case("iri-data", iri("data:text/html,a"), refused=False)
    yield case("iri-file", iri("CANARY"), refused=False)
    yield case("iri-bidi", iri("http://example.org/\u202ea"), refused=False)
    yield case("graph-file", _QUAD.replace("http://example.org/g", "CANARY"), refused=False)
    yield case("literal-nul-escape", literal("\\u0000"), refused=False)
    yield case("literal-nul", literal("\x00"), refused=False)
    yield case("literal-bidi", literal("\u202e"), refused=False)
    yield case("literal-escape-to-terminal", literal("\x1b[2J"), refused=False)
    yield case("literal-script", literal("<script>alert(1)</script>"), refused=False)
    yield case("literal-line-break", literal("a\nb"))
    yield case("literal-bad-escape", literal("\\q"))
    yield case("literal-surrogate-escape", literal("\\ud800"))
    yield case("literal-surrogate", literal("\ud800"))
    yield case("literal-beyond-unicode", literal("\\UFFFFFFFF"))
    yield case("literal-half-escape", literal("\\u00"))
    yield case("literal-8-megabytes", literal("a" * 8 * MIB), refused=False)
    yield case("literal-50-megabytes", literal("a" * 50 * MIB))
    yield case("iri-50-megabytes", iri("http://example.org/" + "a" * 50 * MIB))
    yield case("line-not-closed-50-megabytes", "<" + "a" * 50 * MIB)
    yield case("language-huge", literal("a").replace(" .", "@" + "abcdefgh-" * 100_000 + "a ."))
    yield case("language-odd", literal("a").replace(" .", "@../etc ."))
    yield case("datatype-file", literal("a").replace(" .", "^^<CANARY> ."), refused=False)
    yield case("datatype-relative", literal("a").replace(" .", "^^<a> ."))
    yield case(
        "numbers-huge",
        literal("9" * 200_000).replace(" .", "^^<http://www.w3.org/2001/XMLSchema#integer> ."),
        refused=False,
    )
    yield case(
        "dates-impossible",
        literal("2021-02-30T25:61:61Z").replace(
            " .", "^^<http://www.w3.org/2001/XMLSchema#dateTime> ."
        ),
        refused=False,
    )
    yield case(
        "quoted-triples-deep",
        "<<( <a:s> <a:p> " * 20_000 + "<a:o>" + " )>>" * 20_000 + " <a:p> <a:o> .\n",
    )
    yield case("quoted-triples-open", "<<" * MIB)
    yield case("blank-node-huge", f"_:{'b' * 8 * MIB} <a:p> <a:o> .\n", refused=False)
    yield case(
        "quads-many",
        "".join(f"<a:s{i}> <a:p> <a:o> <a:g{i}> .\n" for i in range(50_000)),
        refused=False,
    )
    yield case("carriage-returns-only", _QUAD.replace("\n", "\r") * 10, refused=False)
    yield case("byte-order-mark", b"\xef\xbb\xbf" + _QUAD.encode())
    yield case("utf-16", _QUAD.encode("utf-16"))
    yield case("invalid-utf8", _QUAD.encode().replace(b'"o"', b'"\xff"'))
    yield case("overlong-utf8", _QUAD.encode().replace(b'"o"', b'"\xc0\xaf"'))
    yield case("gzip", gzip.compress(_QUAD.encode(), mtime=0))
    yield case("zip", b"PK\x03\x04" + bytes(1_000))
    yield case("random", bytes(range(256)) * 100)
    yield case("sparse-hundred-megabytes", _sparse(100 * MIB))
    yield case("html", "<!DOCTYPE html><script>fetch('LISTENER')</script>")
    # RDF in other languages under this name.
    yield case("turtle-prefix", "@prefix a: <LISTENER> .\na:b a:c a:d .\n")
    yield case("turtle-deep", "<a:s> <a:p> " + "[ <a:p> " * 100_000)
    yield case("turtle-lists", "<a:s> <a:p> " + "(" * 100_000)
    yield case("trig", "<a:g> { <a:s> <a:p> <a:o> }\n")
    yield case("json-ld-remote-context", json.dumps({"@context": "LISTENER", "@id": "a:b"}))
    yield case("json-ld-file-context", json.dumps({"@context": "CANARY", "@id": "a:b"}))
    yield case("json-ld-deep", '{"a":' * 5_000 + "1" + "}" * 5_000)
    yield case(
        "xml-entity-bomb",
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "lol">'
        + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
        + "]><rdf:RDF>&j;</rdf:RDF>",
    )
    yield case("xml-external-entity", '<!DOCTYPE a [<!ENTITY b SYSTEM "CANARY">]><a>&b;</a>')
    yield case("xml-external-dtd", '<!DOCTYPE a SYSTEM "LISTENER"><a/>')
    yield case("n3-rules", "{ ?s ?p ?o } => { <CANARY> <a:b> <a:c> } .\n")
    # Things that are no files.
    yield case("fifo", lambda path: os.mkfifo(path))
    yield case("folder", lambda path: path.mkdir())
    yield case("folder-that-seems-a-store", _false_store)
    yield case("link-to-passwords", _link("/etc/passwd"))
    yield case("link-to-a-device", _link("/dev/zero"))
    yield case("link-to-itself", _link("hostile.nq"))
    yield case("link-to-memory", _link("/proc/self/mem"))


def _false_store(path: Path) -> None:
    path.mkdir()
    (path / "CURRENT").write_bytes(b"MANIFEST-../../../etc/passwd\n")


HOSTILE_DOCUMENTS: Final = (*_yaml(), *_nquads())
