"""The shipped facts with hostile text in every field that people write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

OWNED: Final = "document.title='owned'"
PAYLOADS: Final = (
    f"<script>{OWNED}</script>",
    f"</script><script>{OWNED}</script>",
    f'<img src=x onerror="{OWNED}">',
    f"<IMG SRC=x ONERROR={OWNED}>",
    f'<svg onload="{OWNED}"></svg>',
    f"<svg><script>{OWNED}</script></svg>",
    f"<svg><animate onbegin={OWNED} attributeName=x dur=1s></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={OWNED}></style>",
    f'" onmouseover="{OWNED}" x="',
    f"' onfocus='{OWNED}' autofocus='",
    f'"><iframe srcdoc="<script>parent.{OWNED}</script>"></iframe>',
    f'<iframe src="javascript:parent.{OWNED}"></iframe>',
    f'<a href="javascript:{OWNED}">open</a>',
    f"javascript:{OWNED}",
    f"java\tscript:{OWNED}",
    f"data:text/html,<script>opener.{OWNED}</script>",
    f"<details open ontoggle={OWNED}>open</details>",
    f"<body onload={OWNED}>",
    f"<form action=javascript:{OWNED}><button>send</button></form>",
    '<meta http-equiv=refresh content="0;url=data:text/html,lost">',
    "<base href=//example.invalid/>",
    "<link rel=stylesheet href=//example.invalid/x.css>",
    "<style>*{display:none}</style>",
    "red;}*{display:none}/*",
    "<!-- --><!--<script>",
    "]]><x/>&lt;&#60;&amp;amp;",
    "{{7*7}}${7*7}{%raw%}#{7*7}<%=7*7%>",
    "{0.__class__} {} {x} %s %(x)s",
    '=HYPERLINK("http://example.invalid","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\tTab and\r\nline\u2028and\u2029paragraph",
    "\u202egnitirw thgir-to-tfel\u202c \u2066isolated",
    "\u0001\u0008\u001b[31m\u007f\u0085\ufeff\ufffe\U000f0000",
    "\\ud800 \\u003cscript\\u003e \ufffd \\x3c",
    "'; DROP TABLE facts; -- \" } UNION { ?s ?p ?o } #",
    "W" * 3_000,
    "长" * 3_000,
    "a\u0301\u0302\u0303" * 40 + " e\u200b\u200d\U0001f468\u200d\U0001f469",
)
assert len(PAYLOADS) == len(set(PAYLOADS)) == 40

_CORE: Final = "http://www.w3.org/2004/02/skos/core#"
_TERMS: Final = "http://purl.org/dc/terms/"
_ONTOLOGY: Final = "https://w3id.org/city-practice-graph/ontology#"
FIELDS: Final = (
    *(f"{_CORE}{name}" for name in ("prefLabel", "altLabel", "hiddenLabel", "definition")),
    *(f"{_CORE}{name}" for name in ("scopeNote", "editorialNote", "note", "example")),
    *(f"{_TERMS}{name}" for name in ("title", "description", "rights")),
    *(f"{_ONTOLOGY}{name}" for name in ("recordedAs", "valueAsGiven")),
    *(f"http://www.w3.org/2000/01/rdf-schema#{name}" for name in ("label", "comment")),
)
"""Properties whose values people write as text."""
LINKS: Final = ("https://schema.org/url", "http://xmlns.com/foaf/0.1/page")
"""Properties whose values are pages on the web."""
_LINE: Final = re.compile(r'(<([^>]+)> <([^>]+)> )"((?:[^"\\]|\\.)*)"(@[\w-]+)?( .*)')
_LINK: Final = re.compile(r"(<([^>]+)> <([^>]+)> )<[^>]+>( .*)")


def quoted(text: str) -> str:
    """A text as a literal of N-Quads."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(
            character
            if " " <= character < "\x7f" or character > "\xa0"
            else f"\\u{ord(character):04X}"
            for character in escaped
        )
        + '"'
    )


def poisoned(nquads: bytes) -> tuple[bytes, Mapping[tuple[str, str], Mapping[str, str]]]:
    """A dataset with a payload in place of each text, and which thing has which.

    Returns
    -------
    tuple
        N-Quads; for each property and language the payload of each subject. Values of the same
        field of the same thing get the same payload in every graph that holds them.
    """
    held: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    lines = []
    for line in nquads.decode("utf-8").splitlines():
        found = _LINE.fullmatch(line)
        if found and found[3] in FIELDS:
            start, subject, property_, _, language, end = found.groups()
            field = held[property_, language or ""]
            # Shifted by field: the name of a thing is another payload than what is said of it.
            shift = FIELDS.index(property_) * 3
            payload = field.setdefault(subject, PAYLOADS[(len(field) + shift) % len(PAYLOADS)])
            lines.append(f"{start}{quoted(payload)}{language or ''}{end}")
        elif (found := _LINK.fullmatch(line)) and found[3] in LINKS:
            lines.append(f"{found[1]}<javascript:{OWNED.replace(' ', '')}>{found[4]}")
        else:
            lines.append(line)
    return ("\n".join(dict.fromkeys(lines)) + "\n").encode("utf-8"), held
