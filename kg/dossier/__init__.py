"""A brief for one city: what others have on record, with the evidence, in six pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kg.dossier.content import build_dossier
from kg.dossier.document import Dossier
from kg.dossier.page import to_html, to_pdf
from kg.dossier.word import to_docx
from kg.publishing.references import to_bibtex, to_csl_json

__all__ = ["FORMS", "Dossier", "build_dossier", "files_of"]

FORMS: Final[Mapping[str, Callable[[Dossier], bytes]]] = {
    ".html": lambda dossier: to_html(dossier).encode("utf-8"),
    ".pdf": to_pdf,
    ".docx": to_docx,
}
"""Ending of a file name to the function that writes such a file."""


def files_of(dossier: Dossier, stem: str, suffix: str) -> dict[str, bytes]:
    """A dossier with its references beside it: file name to content.

    Parameters
    ----------
    stem, suffix
        Name of the file without and with its ending, one of :data:`FORMS`; the references are
        ``stem.bib`` (BibTeX) and ``stem.csl.json`` (CSL-JSON).
    """
    return {
        stem + suffix: FORMS[suffix](dossier),
        stem + ".bib": to_bibtex(dossier.references).encode("utf-8"),
        stem + ".csl.json": to_csl_json(dossier.references).encode("utf-8"),
    }
