"""A dossier as a web page in one file, and as PDF made from it."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from kg.dossier.document import Dossier, Grid
from kg.errors import MissingPackageError
from kg.messages import text
from kg.resources import template_folder
from kg.templating import csp_hash, page_templates

_DECLARATION: Final = re.compile(rb"^<\?xml[^>]*\?>\s*")


def to_html(dossier: Dossier) -> str:
    """The dossier as one page: no script, no request, readable on paper and on a phone."""
    style = (template_folder() / "dossier.css").read_text(encoding="utf-8") + _widths(dossier)
    return (
        page_templates()
        .get_template("dossier.html")
        .render(
            dossier=dossier,
            style=style,
            style_hash=csp_hash(style),
            kind=lambda block: type(block).__name__,
            drawn=lambda picture: _DECLARATION.sub(b"", picture.svg).decode("utf-8"),
            tag={"en": "en", "zh": "zh-Hans"},
            partition=lambda entry, address: (
                entry.partition(address) if address else (entry, "", "")
            ),
            t=lambda key: text(key, dossier.language),
        )
    )


def _widths(dossier: Dossier) -> str:
    """Widths of columns as rules: the Content-Security-Policy has no place for style attributes."""
    return "".join(
        f".grid-{place} col:nth-child({column}) {{ width: {100 * width:.1f}%; }}\n"
        for place, block in enumerate(dossier.blocks, 1)
        if isinstance(block, Grid)
        for column, width in enumerate(block.widths, 1)
    )


def to_pdf(dossier: Dossier) -> bytes:
    """The page on A4 paper, as tagged PDF with the fonts that it needs.

    Raises
    ------
    MissingPackageError
        WeasyPrint, or the library Pango that it draws with, is not installed.
    """
    try:
        from weasyprint import HTML
    except ImportError as error:
        raise MissingPackageError("missing-package", "weasyprint", "dossier") from error
    except OSError as error:  # the package is there, a library of the system is not
        raise MissingPackageError("missing-pango", str(error).splitlines()[0]) from error
    # What the file is, not when it was written: equal facts give equal bytes.
    identifier = hashlib.sha256(to_html(dossier).encode("utf-8")).digest()[:16]
    written: bytes = HTML(string=to_html(dossier)).write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=identifier
    )
    return written
