"""Pages from templates: what is put into them is text, and their policy names what may run."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from kg.resources import template_folder

if TYPE_CHECKING:
    import jinja2


@cache
def page_templates() -> jinja2.Environment:
    """The templates of pages: every value is escaped, a missing one is an error."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def csp_hash(content: str) -> str:
    """The source expression for an inline style or script (Content Security Policy 3, 2.3.1)."""
    digest = base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"
