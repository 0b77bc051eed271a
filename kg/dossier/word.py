"""A dossier as a word-processor file (Office Open XML)."""

from __future__ import annotations

import datetime
import io
import itertools
import zipfile
from typing import TYPE_CHECKING, Any, Final

from kg.dossier.document import (
    Bullets,
    Dossier,
    Grid,
    Heading,
    Illustration,
    Line,
    Paragraph,
    ReferenceList,
    Run,
)
from kg.errors import MissingPackageError
from kg.messages import Language, text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as WordParagraph

_FONTS: Final[dict[Language, tuple[str, str]]] = {
    # Latin and East Asian letters; word processors put their own in place of one that is missing.
    "en": ("Calibri", "Microsoft YaHei"),
    "zh": ("Calibri", "Microsoft YaHei"),
}
_ACCENT: Final = "0B4A75"
_RULE, _WASH = "CFD5DC", "F3F6F9"
_WIDTH: Final = 174
"""Width of the text, in millimetres."""
_BODY, _SMALL = 10.0, 8.5


def to_docx(dossier: Dossier) -> bytes:
    """The dossier as a .docx file.

    Raises
    ------
    MissingPackageError
        python-docx is not installed.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingPackageError("missing-package", "python-docx", "dossier") from error
    document = docx.Document()
    _set_up(document, dossier)
    _write(document.add_paragraph(style="Title"), (Run(dossier.title),))
    _write(document.add_paragraph(style="Subtitle"), (Run(dossier.subtitle),))
    for before, block in itertools.pairwise((None, *dossier.blocks)):
        if isinstance(block, Heading):
            document.add_paragraph(block.text, style=f"Heading {block.level}")
        elif isinstance(block, Paragraph):
            style = {"text": "Normal", "note": "Note", "abstract": "Abstract"}[block.kind]
            paragraph = document.add_paragraph(style=style)
            paragraph.paragraph_format.keep_with_next = isinstance(before, Heading)
            _write(paragraph, block.line)
        elif isinstance(block, Bullets):
            for line in block.lines:
                _write(document.add_paragraph(style="List Bullet"), line)
        elif isinstance(block, Grid):
            _table(document, block)
        elif isinstance(block, Illustration):
            _picture(document, block)
        elif isinstance(block, ReferenceList):
            _references(document, block)
    out = io.BytesIO()
    document.save(out)
    return _without_time(out.getvalue(), dossier.day)


def _set_up(document: Document, dossier: Dossier) -> None:
    """Page, styles and properties."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(16)
    latin, asian = _FONTS[dossier.language]
    tag = {"en": "en-GB", "zh": "zh-CN"}[dossier.language]

    def style(
        name: str,
        size: float,
        *,
        before: float,
        after: float,
        bold: bool | None = None,
        color: str | None = None,
        base: str | None = None,
    ) -> Any:
        found: Any = (
            document.styles[name]
            if base is None
            else document.styles.add_style(name, 1)  # a style of paragraphs
        )
        if base is not None:
            found.base_style = document.styles[base]
        font = found.font
        font.name, font.size = latin, Pt(size)
        if bold is not None:
            font.bold = bold
        if color is not None:
            font.color.rgb = RGBColor.from_string(color)
        fonts = found.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            if attribute.endswith("Theme"):  # the theme of the template would win over the names
                del fonts.attrib[attribute]
        for script, family in (
            ("ascii", latin),
            ("hAnsi", latin),
            ("cs", latin),
            ("eastAsia", asian),
        ):
            fonts.set(qn(f"w:{script}"), family)
        found.paragraph_format.space_before = Pt(before)
        found.paragraph_format.space_after = Pt(after)
        return found

    normal = style("Normal", _BODY, before=0, after=4)
    normal.paragraph_format.line_spacing = 1.1
    # Latin words are English in a Chinese text, too: as Chinese they would be broken anywhere.
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(language)
    title = style("Title", 20, before=0, after=2, bold=True, color=_ACCENT)
    border = title.element.find(qn("w:pPr")).find(qn("w:pBdr"))
    if border is not None:  # the template underlines its titles
        border.getparent().remove(border)
    subtitle = style("Subtitle", _SMALL, before=0, after=8, color="5A5A5A")
    subtitle.font.italic = False
    for spacing in subtitle.element.rPr.findall(qn("w:spacing")):  # letters apart, in the template
        subtitle.element.rPr.remove(spacing)
    style("Heading 1", 13, before=10, after=3, bold=True, color=_ACCENT)
    style("Heading 2", 10.5, before=7, after=2, bold=True, color="1A1A1A")
    style("List Bullet", _BODY, before=0, after=2)
    style("Note", _SMALL, before=0, after=4, color="5A5A5A", base="Normal")
    style("Abstract", _SMALL, before=4, after=6, base="Normal")
    style("Cell", 8, before=0, after=0, base="Normal")
    style("Reference", 8, before=0, after=1, base="Normal")
    for name in ("Heading 1", "Heading 2"):
        document.styles[name].paragraph_format.keep_with_next = True
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _page_number(footer)
    properties = document.core_properties
    properties.title, properties.subject = dossier.title, dossier.subtitle
    properties.author = properties.last_modified_by = text("product", dossier.language)
    properties.keywords = "; ".join(dossier.keywords)
    properties.language = tag
    properties.comments = ""
    day = _day(dossier.day)
    properties.created = properties.modified = properties.last_printed = day
    properties.revision = 1


def _day(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(day or "1980-01-01")


def _write(paragraph: WordParagraph, line: Line) -> None:
    """Pieces of a line, with links and the numbers of references."""
    for run in line:
        if run.href is None:
            paragraph.add_run(run.text).bold = run.strong or None
        else:
            _link(paragraph, run.text, run.href, strong=run.strong)
        if run.cites:
            paragraph.add_run(f" [{', '.join(map(str, run.cites))}]")


def _link(paragraph: WordParagraph, shown: str, address: str, *, strong: bool = False) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    link = OxmlElement("w:hyperlink")
    link.set(
        qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    )
    run = paragraph.add_run(shown)
    run.bold = strong or None
    run.font.color.rgb = RGBColor.from_string(_ACCENT)
    link.append(run._r)
    paragraph._p.append(link)


def _page_number(paragraph: WordParagraph) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(paragraph.add_run("1")._r)
    paragraph._p.append(field)


def _table(document: Document, grid: Grid) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    table = document.add_table(rows=1, cols=len(grid.header))
    table.autofit = False
    for column, share in zip(table.columns, grid.widths, strict=True):
        column.width = Mm(_WIDTH * share)
    lines = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        rule = OxmlElement(f"w:{side}")
        for attribute, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _RULE)):
            rule.set(qn(f"w:{attribute}"), value)
        lines.append(rule)
    table._tbl.tblPr.append(lines)
    for cell, heading in zip(table.rows[0].cells, grid.header, strict=True):
        cell.paragraphs[0].style = "Cell"
        cell.paragraphs[0].add_run(heading).bold = True
        shade = OxmlElement("w:shd")
        for attribute, value in (("val", "clear"), ("color", "auto"), ("fill", _WASH)):
            shade.set(qn(f"w:{attribute}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in grid.rows:
        cells = table.add_row().cells
        for cell, line in zip(cells, row, strict=True):
            cell.paragraphs[0].style = "Cell"
            _write(cell.paragraphs[0], line)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
        for cell, share in zip(row.cells, grid.widths, strict=True):
            cell.width = Mm(_WIDTH * share)
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), grid.caption)
    table._tbl.tblPr.append(caption)
    document.add_paragraph(style="Cell")


def _picture(document: Document, illustration: Illustration) -> None:
    from docx.shared import Mm

    picture = document.add_picture(io.BytesIO(illustration.picture.png), width=Mm(172))
    properties = picture._inline.docPr
    properties.set("title", illustration.picture.title)
    properties.set("descr", illustration.picture.description)


def _references(document: Document, block: ReferenceList) -> None:
    from docx.shared import Mm

    for number, (entry, address) in enumerate(block.entries, 1):
        paragraph = document.add_paragraph(style="Reference")
        paragraph.paragraph_format.left_indent = Mm(8)
        paragraph.paragraph_format.first_line_indent = Mm(-8)
        paragraph.add_run(f"[{number}]\t")
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(8))
        before, found, after = entry.partition(address) if address else (entry, "", "")
        paragraph.add_run(before)
        if found and address:
            _link(paragraph, found, address)
        paragraph.add_run(after)


def _without_time(packed: bytes, day: str) -> bytes:
    """The same package with the day of the dossier in place of the time of writing."""
    moment = _day(day)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as written,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in sorted(
            written.namelist(), key=lambda part: (part != "[Content_Types].xml", part)
        ):
            entry = zipfile.ZipInfo(name, (moment.year, moment.month, moment.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            copy.writestr(entry, written.read(name))
    return out.getvalue()
