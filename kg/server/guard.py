"""A look at the text of a query before it goes to a worker.

The process around a worker is the wall; this is a courtesy. What would only end a worker, or what
this endpoint never does, is told at once and in words. So the guard may let a bad query pass, but
it never refuses one that is valid and harmless: it reads the tokens of the language (SPARQL 1.1
Query, section 19.8), and what stands in a string, a comment, an IRI or a name is not taken for a
keyword.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from kg.server.limits import Limits

# PN_CHARS_BASE and PN_CHARS of the grammar, as the inside of a character class.
_LETTERS: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME: Final = _LETTERS + "_0-9\u00b7\u0300-\u036f\u203f-\u2040"
_LOCAL: Final = rf":(?:[{_NAME}.:-]++|%[0-9A-Fa-f]{{2}}|\\[_~.!$&'()*+,;=/?#@%-])*+"

# Every repetition is possessive and every text has a token at each place, so the time is linear
# whatever the text is. A string that is not closed reaches to where it would have to end: from
# each of many quotes the search for the end would otherwise go through the rest of the text.
_TOKEN: Final = re.compile(
    rf"""
    (?: [ \t\r\n]++ | \#[^\r\n]*+ )*+              # white space and comments
    (
      <[^\x00-\x20<>"{{}}|^`]*+>                   # IRI; otherwise the sign "less than"
    | \"\"\"(?: [^"\\]++ | \\. | "(?!"") )*+(?:\"\"\")?+
    | '''(?: [^'\\]++ | \\. | '(?!'') )*+(?:''')?+
    | "(?: [^"\\\r\n]++ | \\. )*+"?+
    | '(?: [^'\\\r\n]++ | \\. )*+'?+
    | @[A-Za-z0-9-]++                              # language tag
    | [?$][{_NAME}]++                              # variable
    | _{_LOCAL}                                    # blank node
    | (?: [0-9]++(?:\.[0-9]++)?+ | \.[0-9]++ )(?:[eE][+-]?[0-9]++)?+
    | [{_LETTERS}][{_NAME}.-]*+(?:{_LOCAL})?+      # prefixed name, or keyword
    | {_LOCAL}                                     # name with the empty prefix
    | && | \|\| | \^\^ | [!<>]=
    | .
    | \Z
    )""",
    re.VERBOSE | re.DOTALL,
)
_OPEN: Final = frozenset("([{")
_CLOSE: Final = frozenset(")]}")
_PROLOGUE: Final = frozenset({"BASE", "PREFIX", "VERSION"})
_UPDATES: Final = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
)


@dataclass(frozen=True)
class Refusal:
    """Why a query is not evaluated.

    Attributes
    ----------
    code
        Of :data:`kg.server.problems.STATUS`.
    values
        What the message names.
    """

    code: str
    values: tuple[str, ...] = ()


def check_query(text: str, limits: Limits) -> Refusal | None:
    """Why a query is refused without evaluation, or None.

    Examples
    --------
    >>> check_query("ASK { ?service ?p 'SERVICE' } # SERVICE", Limits())
    >>> check_query("ASK { SERVICE <https://example.org/> { ?s ?p ?o } }", Limits()).code
    'service-refused'
    """
    size = len(text)
    # Four bytes a character at most: short texts need not be encoded to be measured.
    if 4 * size > limits.query_bytes:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.query_bytes:
        return Refusal("query-size", (str(limits.query_bytes // 1024),))
    # The end of the text is a match, too, and so may be the place after it.
    found = islice(_TOKEN.finditer(text), limits.tokens + 1)
    tokens = [piece for match in found if (piece := match[1])]
    if len(tokens) > limits.tokens:
        return Refusal("query-tokens", (str(limits.tokens),))
    depth = unions = optionals = 0
    begun = False
    for piece in tokens:
        if piece in _OPEN:
            depth += 1
            if depth > limits.nesting:
                return Refusal("query-nesting", (str(limits.nesting),))
        elif piece in _CLOSE:
            depth -= 1
        elif piece[0].isalpha() and ":" not in piece:
            word = _keyword(piece)
            # The engine needs no space after a keyword, and "trueSERVICE" is two to it; no other
            # keyword of the language has these letters.
            if "SERVICE" in word:
                return Refusal("service-refused")
            if word == "UNION":
                unions += 1
            elif word == "OPTIONAL":
                optionals += 1
            elif not begun and word not in _PROLOGUE:
                begun = True
                if word in _UPDATES or word.startswith(("INSERTDATA", "DELETEDATA")):
                    return Refusal("update-refused")
    if unions > limits.unions:
        return Refusal("query-unions", (str(limits.unions),))
    if optionals > limits.optionals:
        return Refusal("query-optionals", (str(limits.optionals),))
    # No pattern is shorter than a token.
    if len(tokens) > limits.joined and most_joined(tokens) > limits.joined:
        return Refusal("query-joined", (str(limits.joined),))
    return None


def _keyword(piece: str) -> str:
    """The last keyword of a token: before a full stop stands ``true`` or ``false``."""
    return piece.upper().rpartition(".")[2]


class _Scope:
    """Patterns between two brackets.

    Attributes
    ----------
    bracket
        The bracket that opens it.
    kind
        ``joined``: what is in it is joined with what stands around it; ``apart``: it is planned by
        itself; ``data``: rows of VALUES, or what a CONSTRUCT makes.
    count
        Patterns that are joined with each other.
    """

    __slots__ = ("bracket", "count", "kind")

    def __init__(self, bracket: str, kind: str) -> None:
        self.bracket, self.kind, self.count = bracket, kind, 0


def most_joined(tokens: Sequence[str]) -> int:
    """How many patterns the engine has to bring into an order at once, at most.

    The time that takes grows with the fourth power of their number: 100 take a second, 200 more
    than ten. Patterns are triples, steps of a path, items of a list, and the groups among them;
    what is optional, a branch of a union or a subquery is planned by itself.
    """
    scopes = [_Scope("", "apart")]
    most = group = 0
    previous = ""
    opening = "joined"
    for piece in tokens:
        scope = scopes[-1]
        if piece in _OPEN:
            kind = "joined"
            if scope.kind == "data":
                kind = "data"
            elif piece == "{":
                kind, opening = opening, "joined"
            elif piece == "(" == scope.bracket and previous == ")":
                scope.count += 1  # a list of lists: in an expression no bracket follows another
            scopes.append(_Scope(piece, kind))
        elif piece in _CLOSE and len(scopes) > 1:
            scopes.pop()
            outer = scopes[-1]
            # The last triple needs no full stop.
            count = scope.count + (scope.bracket != "(" and previous not in (".", scope.bracket))
            most = max(most, count)
            if scope.kind == "data":
                count = int(scope.bracket == "{")
            if scope.kind == "apart":
                group = 1
            else:
                group = count
                outer.count += count if len(scopes) > 1 else 0
        elif scope.kind == "data":
            pass
        elif piece in (".", ";", ","):
            scope.count += scope.bracket in ("{", "[") and previous != piece
        elif piece == "/":
            # Numbers are divided, and that is quick; steps of a path are joined.
            scope.count += previous == "?" or previous[:1] not in "?$\"'0123456789"
        elif scope.bracket == "(" and _is_term(piece) and _is_term(previous):
            scope.count += 1  # items of a list: in an expression a sign or a word is between
        elif piece[0].isalpha() and ":" not in piece:
            word = _keyword(piece)
            if word in ("OPTIONAL", "UNION", "MINUS", "EXISTS"):
                opening = "apart"
            elif word in ("VALUES", "CONSTRUCT"):
                opening = "data"
            elif word == "WHERE":
                opening = "joined"
            elif word == "SELECT":
                scope.kind = "apart"
            if word == "UNION" and previous == "}":
                # Only now is it seen that the group before was a branch, the union one pattern.
                scope.count += 1 - group
        if len(piece) > 1 and piece[-1] == "." and scope.bracket != "(":
            # A full stop right after a name was read as a part of it.
            scope.count += scope.kind != "data"
            previous = "."
        else:
            previous = piece
    return most


def _is_term(piece: str) -> bool:
    """Whether a token is a variable, a literal or a name, and not a sign or a keyword."""
    if len(piece) < 2:
        return piece.isdigit() or piece == ":"
    return piece[0] in "<?$\"'_:0123456789" or ":" in piece or piece in ("true", "false")
