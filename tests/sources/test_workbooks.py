"""Workbooks of every kind: .xls, .ods, HTML and XML under the name .xls; hostile and damaged ones."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest
import xlwt

from tinh.kit.errors import TinhError
from tinh.packs.api import CleaningStep, Layout
from tinh.sources.api import clean
from tinh.sources.errors import (
    BinaryWorkbook,
    CutShort,
    HeaderOnly,
    Inflates,
    NotATable,
    PasswordProtected,
    TooManySheets,
    Unparsable,
    WebArchive,
    WordFile,
    XmlEntities,
)

from .conftest import Reader, column, dataset

ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)
NUMBER = CleaningStep(do="number", decimal=",", group=".")


def zipped(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def ods(body: str, styles: str = "") -> bytes:
    head = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    text = f"<office:document-content {SPACES}>{head}<office:body><office:spreadsheet>{body}"
    text += "</office:spreadsheet></office:body></office:document-content>"
    return zipped(mimetype=ODS, **{"content.xml": text})


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def xlsx(sheet: str, strings: str = "", book: str = "") -> bytes:
    """A workbook written by hand, to hold what no program writes."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{links}/x" Target="{target}"/>'
        for i, target in enumerate(("worksheets/sheet1.xml", "sharedStrings.xml"))
    )
    book = book or '<sheets><sheet name="S" sheetId="1" r:id="r0"/></sheets>'
    return zipped(
        **{
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}">{book}</workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
            "xl/worksheets/sheet1.xml": sheet
            if sheet.startswith(("<?", "<!"))
            else f'<worksheet xmlns="{main}">{sheet}</worksheet>',
            "xl/sharedStrings.xml": strings or f'<sst xmlns="{main}"/>',
        },
    )


DATA = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
)


def test_an_old_workbook_is_read_with_all_it_says(reading: Reader) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Số liệu")
    share, day = xlwt.easyxf(num_format_str="0.0%"), xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for at, text in enumerate(("a", "b", "c", "xa")):
        sheet.write(3, at, text)
    sheet.write_merge(4, 5, 3, 3, "Xã Ba Bể")
    for at, (a, b) in enumerate(((1.234, 0.45), (5, 0.07), (6, 0.08))):
        sheet.write(4 + at, 0, a)
        sheet.write(4 + at, 1, b, share)
        sheet.write(4 + at, 2, dt.date(2025, 4, 1), day)
    sheet.write(7, 3, "Xã Đại Phúc")
    sheet.row(6).hidden = True
    hidden = book.add_sheet("Nháp")
    hidden.visibility = 1
    hidden.write(0, 0, "a")
    out = io.BytesIO()
    book.save(out)
    contract = dataset(column("a", logical="number", cleaning=(NUMBER,)), "b", "c", "xa")
    table = clean(reading(out.getvalue(), contract, "f.xls"), contract)
    assert table.frame.rows() == [
        (5, "1.234", "45%", "2025-04-01", "Xã Ba Bể"),
        (6, "5", "7%", "2025-04-01", "Xã Ba Bể"),
        (8, None, None, None, "Xã Đại Phúc"),
    ]
    assert {"sheet:Số liệu", "hidden-rows:1", "hidden-sheets:1", "merged-cells:1"} <= set(table.notes)
    for keep in (600, len(out.getvalue()) // 2):
        with pytest.raises(TinhError):
            reading(out.getvalue()[:keep], contract, "f.xls")


def test_an_opendocument_sheet_is_read_with_all_it_says(reading: Reader) -> None:
    body = (
        '<table:table table:name="Nháp" table:style-name="h">' + row(cell("x")) + "</table:table>"
        '<table:table table:name="T1">'
        '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
        + row(cell("BÁO CÁO", 'table:number-columns-spanned="3"'), more='table:number-rows-repeated="1"')
        + row(more='table:number-rows-repeated="3"')
        + row(cell("a"), cell("ẩn"), cell("b"))
        + row(
            cell("1.234,5", 'office:value-type="float" office:value="1234.5"'),
            cell("q"),
            cell("45%", 'office:value-type="percentage" office:value="0.45"'),
        )
        + row(cell("z"), more='table:visibility="filter"')
        + row(
            cell("x"), cell(""), cell("01/04/25", 'office:value-type="date" office:date-value="2025-04-01"')
        )
        + row(cell("#REF!"), cell(""), cell("y"))
        + row(cell(""), more='table:number-rows-repeated="1048000"')
        + "</table:table>"
    )
    style = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    table = reading(ods(body, style), filename="f.ods")
    assert table.frame.rows() == [(6, "1234.5", "45%"), (8, "x", "2025-04-01"), (9, "#REF!", "y")]
    assert table.format == "ods"
    assert {"sheet:T1", "hidden-rows:1", "hidden-columns:1", "hidden-sheets:1", "error-cells:1"} <= set(
        table.notes
    )
    assert table.faulty["a"].to_list() == [False, False, True]


def test_one_cell_that_claims_to_be_millions_is_refused(reading: Reader) -> None:
    many = row(
        cell("x", 'table:number-columns-repeated="16000"'), more='table:number-rows-repeated="1048576"'
    )
    with pytest.raises(Inflates):
        reading(ods(f'<table:table table:name="T">{many}</table:table>'), filename="f.ods")


@pytest.mark.parametrize("charset", ["utf-8", "cp1258"])
def test_a_web_table_named_xls_is_read(reading: Reader, charset: str) -> None:
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={
        "windows-1258" if charset == "cp1258" else charset
    }"><style>td {{x: y}}</style></head><body><script>alert("a")</script>
    <table border=1><tr><td colspan=2>BÁO CÁO</td></tr>
    <tr><th>a<th>b</tr><tr><td rowspan=2>Xa<br>Ba</td><td>1&nbsp;&lt;</td></tr>
    <tr><td>=CMD|' /C calc'!A0</td></tr>
    </table></body></html>"""
    table = reading(page.replace("Á", "A").encode(charset), filename="f.xls")
    assert table.frame.rows() == [(3, "Xa Ba", "1 <"), (4, "Xa Ba", "=CMD|' /C calc'!A0")]
    assert "extension:xls-is-html" in table.notes


def test_excel_2003_xml_is_read(reading: Reader) -> None:
    text = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="p">
     <NumberFormat ss:Format="Percent"/></Style></Styles><Worksheet ss:Name="T1"><Table>
    <Row ss:Index="3"><Cell><Data ss:Type="String">a</Data></Cell>
    <Cell><Data ss:Type="String">b</Data></Cell></Row>
    <Row><Cell ss:StyleID="p"><Data ss:Type="Number">0.5</Data></Cell>
    <Cell><Data ss:Type="DateTime">2025-04-01T00:00:00.000</Data></Cell></Row>
    </Table></Worksheet></Workbook>"""
    assert reading(text, filename="f.xls").frame.rows() == [(4, "50%", "2025-04-01")]
    with pytest.raises(XmlEntities):
        reading(text.replace("<Workbook", '<!DOCTYPE x [<!ENTITY y "z">]><Workbook', 1), filename="f.xls")


def test_pages_without_a_table_say_what_to_do(reading: Reader) -> None:
    with pytest.raises(WebArchive):
        reading("MIME-Version: 1.0\nContent-Type: multipart/related\n\nx", filename="f.xls")
    with pytest.raises(WebArchive):
        reading("<html><table><td></td></table></html>", filename="f.xls")


def test_entities_and_document_types_are_refused(reading: Reader) -> None:
    laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    outside = '<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet/>'
    for content in (xlsx(f"<sheetData>{DATA}</sheetData>", laughs), xlsx(outside)):
        with pytest.raises(XmlEntities):
            reading(content, filename="f.xlsx")


def test_text_like_a_formula_stays_text(reading: Reader) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["a", "b"])
    for text in ("=1+1", "+84", "-x", "@SUM(A1)", "=HYPERLINK(1)"):
        sheet.append([text, "1"])
        sheet.cell(sheet.max_row, 1).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    table = reading(out.getvalue(), filename="f.xlsx")
    assert table.frame["a"].to_list() == ["=1+1", "+84", "-x", "@SUM(A1)", "=HYPERLINK(1)"]
    assert not table.faulty


def test_formulas_give_their_last_value(reading: Reader) -> None:
    sheet = DATA.replace("<v>2</v>", "<f>A2*2</f><v>2</v>").replace(
        '<c r="A2"><v>1', '<c r="A2" t="str"><f>"x"</f><v>x'
    )
    assert reading(xlsx(f"<sheetData>{sheet}</sheetData>"), filename="f.xlsx").frame.rows() == [(2, "x", "2")]


def test_a_long_text_repeated_in_every_cell_is_refused(reading: Reader) -> None:
    text = "x" * 30_000
    rows = "".join('<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>' for _ in range(40_000))
    strings = f"<sst><si><t>{text}</t></si><si><t>{text}</t></si></sst>"
    with pytest.raises(Inflates):
        reading(xlsx(f"<sheetData>{rows}</sheetData>", strings), filename="f.xlsx")


def test_ten_thousand_sheets_are_refused(reading: Reader) -> None:
    listed = "".join(f'<sheet name="s{i}" sheetId="{i}" r:id="r0"/>' for i in range(10_000))
    with pytest.raises(TooManySheets):
        reading(xlsx(f"<sheetData>{DATA}</sheetData>", book=f"<sheets>{listed}</sheets>"), filename="f.xlsx")


def test_a_huge_used_range_that_holds_nothing_is_no_burden(reading: Reader) -> None:
    claim = '<dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384" width="9"/></cols>'
    styled = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    table = reading(xlsx(f"{claim}<sheetData>{DATA}{styled}</sheetData>"), filename="f.xlsx")
    assert table.frame.rows() == [(2, "1", "2")]


def test_cells_without_addresses_and_prefixed_names_are_read(reading: Reader) -> None:
    bare = '<row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><r><t>b</t></r></is></c></row>'
    bare += "<row><c><v>1</v></c><c><v>0.28999999999999998</v></c></row>"
    assert reading(xlsx(f"<sheetData>{bare}</sheetData>"), filename="f.xlsx").frame.rows() == [
        (2, "1", "0.29")
    ]
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    prefixed = DATA.replace("<", "<x:").replace("<x:/", "</x:")
    text = f'<?xml version="1.0"?><x:worksheet xmlns:x="{main}"><x:sheetData>{prefixed}</x:sheetData>'
    text += "</x:worksheet>"
    assert reading(xlsx(text), filename="f.xlsx").frame.rows() == [(2, "1", "2")]


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"word/document.xml": "<x/>"}, WordFile),
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}, WordFile),
        ({"xl/workbook.bin": "x"}, BinaryWorkbook),
        ({"../../etc/passwd": "x", "C:\\x.csv": "a,b\n1,2"}, NotATable),
        ({"inner.zip": zipped(**{"data.csv": "a,b\n1,2"})}, NotATable),
        ({"xl/workbook.xml": "<workbook><sheets/></workbook>"}, HeaderOnly),
        ({"xl/workbook.xml": "<workbook><sheets>"}, Unparsable),
    ],
)
def test_archives_that_are_no_workbooks_are_called_what_they_are(
    reading: Reader, parts: dict[str, str | bytes], error: type[TinhError]
) -> None:
    with pytest.raises(error):
        reading(zipped(**parts), filename="f.xlsx")


def test_a_directory_of_millions_of_parts_is_refused_unread(reading: Reader) -> None:
    content = bytearray(zipped(a="x"))
    end = content.rfind(b"PK\x05\x06")
    content[end + 12 : end + 16] = (900_000_000).to_bytes(4, "little")
    with pytest.raises(Inflates):
        reading(bytes(content), filename="f.xlsx")


def test_an_encrypted_opendocument_is_named(reading: Reader) -> None:
    content = zipped(
        mimetype=ODS, **{"content.xml": "x", "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"}
    )
    with pytest.raises(PasswordProtected):
        reading(content, filename="f.ods")


def test_a_damaged_part_is_named(reading: Reader) -> None:
    content = bytearray(xlsx(f"<sheetData>{DATA}</sheetData>"))
    at = content.find(b"xl/worksheets/sheet1.xml") + 40
    content[at : at + 20] = b"\0" * 20
    with pytest.raises((CutShort, Unparsable)):
        reading(bytes(content), filename="f.xlsx")


def test_a_declared_sheet_may_be_a_hidden_one(reading: Reader) -> None:
    book = openpyxl.Workbook()
    other: Any = book.create_sheet("Dữ liệu")
    for line in (["a", "b"], [1, 2]):
        other.append(line)
    other.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    table = reading(out.getvalue(), dataset("a", "b", layout=Layout(sheet="Dữ liệu")), "f.xlsx")
    assert table.frame.rows() == [(2, "1", "2")]


RUNS = (
    "<r><t>12</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>3</t></r>",
    "<r><rPr><strike/></rPr><t>99</t></r><r><t>100</t></r>",
    "<r><t>7 m</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r>",
    "<r><t>SO</t></r><r><rPr><vertAlign val='subscript'/></rPr><t>2</t></r>",
    "<r><rPr><strike val='0'/><vertAlign val='baseline'/></rPr><t>5</t></r><r><t>1</t></r>",
)


@pytest.mark.parametrize("shared", [False, True])
def test_raised_and_struck_letters_are_no_digits_of_a_figure(reading: Reader, shared: bool) -> None:
    rows = "".join(
        f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}" '
        + (f't="s"><v>{i - 2}</v></c></row>' if shared else f't="inlineStr"><is>{runs}</is></c></row>')
        for i, runs in enumerate(RUNS, 2)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{main}">{"".join(f"<si>{runs}</si>" for runs in RUNS)}</sst>'
    head = DATA.partition('<row r="2"')[0]
    table = reading(xlsx(f"<sheetData>{head}{rows}</sheetData>", strings))
    assert table.frame["b"].to_list() == ["12", "100", "7 m2", "SO2", "51"]
    assert "marks:2" in table.notes


def test_marks_and_what_is_not_shown_in_a_web_page_are_left_out(reading: Reader) -> None:
    page = """<html><table><tr><th>a<th style="Display: NONE">x<th>b</tr>
    <tr><td>1<td style="display:none">77<td>12<sup>3</sup></tr>
    <tr><td>2<td hidden>77<td><s>99</s>100</tr>
    <tr><td>3<td style="display:none">77<td><span style="display:none">0<table><tr><td>9</table></span>5</tr>
    <tr><td>4<td style="display:none">77<td>8<del>1</tr>
    <tr style="display:none"><td>4<td>6</tr><tr hidden><td>5<td>6</tr>
    <tbody hidden><tr><td>6<td>6</tr></tbody>
    <tbody><tr><td>7<td style="display:none">1</td><td>7 m<sup>2</sup></tr></tbody></table></html>"""
    table = reading(page, filename="f.xls")
    assert table.frame.select("a", "b").rows() == [
        ("1", "12"),
        ("2", "100"),
        ("3", "5"),
        ("4", "8"),
        ("7", "7 m2"),
    ]
    assert {"marks:4", "hidden-rows:3"} <= set(table.notes)


def test_a_figure_that_spans_rows_of_a_web_page_counts_once(reading: Reader) -> None:
    contract = dataset("a", column("b", logical="number"))
    page = "<html><table><tr><th>a<th>b</tr><tr><td>x<td rowspan=2>100</tr><tr><td>y</tr></table></html>"
    assert reading(page, contract, "f.xls").frame["b"].to_list() == ["100", None]


def test_marks_in_an_opendocument_sheet_are_left_out(reading: Reader) -> None:
    styles = (
        '<style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<style:style style:name="out"><style:text-properties style:text-line-through-style="solid"/>'
        "</style:style>"
    )
    body = (
        '<table:table table:name="S">'
        + row(cell("a"), cell("b"))
        + row(cell("1"), cell('12<text:span text:style-name="up">3</text:span>'))
        + row(cell("2"), cell('<text:span text:style-name="out">99</text:span>100'))
        + "</table:table>"
    )
    table = reading(ods(body, styles), filename="f.ods")
    assert table.frame["b"].to_list() == ["12", "100"]
    assert "marks:2" in table.notes


def test_more_merged_cells_than_a_table_has_are_refused(reading: Reader) -> None:
    merges = "".join(f'<mergeCell ref="A1:XFD{n}"/>' for n in range(3, 2_000))
    with pytest.raises(Inflates):
        reading(xlsx(f"<sheetData>{DATA}</sheetData><mergeCells>{merges}</mergeCells>"))
    page = "<html><table><tr><th>a<th>b</tr>" + "<tr><td rowspan=1000 colspan=1000>x</td></tr>" * 3_000
    with pytest.raises(Inflates):
        reading(page + "</table></html>", filename="f.xls")
    many = row(cell("1"), cell("2"), more='table:number-rows-repeated="1048576"')
    with pytest.raises(Inflates):
        reading(ods('<table:table table:name="S">' + row(cell("a"), cell("b")) + many + "</table:table>"))
