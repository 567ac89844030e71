"""Refusals of workbooks, and of what is sent in their place."""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.family import SourceError


class XmlEntities(SourceError):
    code = "SRC030"
    says = Text(
        "Tệp “{filename}” khai báo kiểu tài liệu hoặc thực thể XML, điều không sổ bảng tính nào "
        "cần; từ chối để "
        "bảo vệ hệ thống.",
        "The file “{filename}” declares an XML document type or entities, which no workbook needs; "
        "it is refused.",
    )
    cure = Text(
        "Mở tệp bằng Excel hoặc LibreOffice, lưu lại dạng .xlsx rồi gửi lại.",
        "Open it in Excel or LibreOffice, save it again as .xlsx and resend it.",
    )


class HiddenColumns(SourceError):
    code = "SRC031"
    says = Text(
        "Trong tệp “{filename}”, cột bắt buộc đang bị ẩn: {missing}.",
        "In “{filename}” required columns are hidden: {missing}.",
    )
    cure = Text(
        "Bỏ ẩn các cột này rồi gửi lại, hoặc khai báo hidden: read trong bố cục.",
        "Unhide these columns and resend the file, or declare hidden: read in the layout.",
    )


class Uncomputed(SourceError):
    code = "SRC032"
    says = Text(
        "Các công thức trong tệp “{filename}” chưa có kết quả: {cells} ô, ô đầu tiên là {first}.",
        "The formulas of “{filename}” have no computed results: {cells} cells, the first is {first}.",
    )
    cure = Text(
        "Mở tệp bằng Excel hoặc LibreOffice, chờ tính xong, lưu lại rồi gửi lại.",
        "Open it in Excel or LibreOffice, let it compute, save it and resend it.",
    )


class PdfFile(SourceError):
    code = "SRC033"
    says = Text(
        "Tệp “{filename}” là PDF. Bảng trong PDF chỉ là chữ đặt trên trang, không còn là ô và cột, "
        "nên không đọc "
        "được một cách tin cậy; bản quét lại càng không.",
        "The file “{filename}” is a PDF. A table in a PDF is only words placed on a page, no longer "
        "cells and "
        "columns, and cannot be read reliably; a scan even less.",
    )
    cure = Text(
        "Gửi tệp Excel (.xlsx) hoặc CSV gốc đã dùng để in ra bản PDF này; nếu chỉ còn bản giấy, "
        "nhập số liệu vào "
        "biểu Excel mẫu của bộ dữ liệu.",
        "Send the Excel (.xlsx) or CSV file this PDF was printed from; if only paper is left, type "
        "the figures "
        "into the dataset's Excel form.",
    )


class Picture(SourceError):
    code = "SRC034"
    says = Text(
        "Tệp “{filename}” là {kind_vi}: ảnh chụp hoặc bản quét không phải bảng dữ liệu.",
        "The file “{filename}” is {kind_en}: a photograph or scan is not a table of data.",
    )
    cure = Text(
        "Gửi tệp Excel (.xlsx) hoặc CSV đã dùng để in ra bản giấy; nếu không còn, nhập số liệu vào "
        "biểu Excel mẫu "
        "của bộ dữ liệu.",
        "Send the Excel (.xlsx) or CSV file the paper was printed from; if it is gone, type the "
        "figures into "
        "the dataset's Excel form.",
    )


class WordFile(SourceError):
    code = "SRC035"
    says = Text(
        "Tệp “{filename}” là văn bản Word, không phải bảng tính.",
        "The file “{filename}” is a Word document, not a spreadsheet.",
    )
    cure = Text(
        "Chép bảng trong văn bản sang một trang tính Excel, lưu dạng .xlsx rồi gửi lại.",
        "Copy the table into a sheet of Excel, save it as .xlsx and send that.",
    )


class BinaryWorkbook(SourceError):
    code = "SRC036"
    says = Text(
        "Tệp “{filename}” là sổ Excel nhị phân (.xlsb), dạng không được nhận.",
        "The file “{filename}” is a binary Excel workbook (.xlsb), which is not taken.",
    )
    cure = Text(
        "Trong Excel: Tệp → Lưu như → Sổ làm việc Excel (.xlsx), rồi gửi lại.",
        "In Excel: File → Save As → Excel Workbook (.xlsx), then send that.",
    )


class TooManySheets(SourceError):
    code = "SRC037"
    says = Text(
        "Sổ Excel “{filename}” có hơn {limit} trang tính.",
        "The workbook “{filename}” has more than {limit} sheets.",
    )
    cure = Text(
        "Giữ lại những trang có số liệu, hoặc chia thành nhiều tệp.",
        "Keep the sheets that hold data, or split it into several files.",
    )


class NothingToUnpivot(SourceError):
    code = "SRC038"
    says = Text(
        "Tệp “{filename}” không có cột nào khớp với “{columns}” để chuyển thành dòng. Các cột tìm "
        "thấy: {found}.",
        "No column of “{filename}” matches “{columns}”, to be turned into rows. Columns found: {found}.",
    )
    cure = Text(
        "Giữ đúng tên các cột kỳ hoặc chỉ tiêu như lần gửi trước, hoặc sửa unpivot.columns trong bố cục.",
        "Name the columns of periods or indicators as before, or mend unpivot.columns in the layout.",
    )


class FixedNotFound(SourceError):
    code = "SRC039"
    says = Text(
        "Trong tệp “{filename}” không tìm thấy “{column}”: {where_vi} không có phần khớp với "
        "“{pattern}”{seen}.",
        "In “{filename}” “{column}” was not found: {where_en} does not hold what “{pattern}” looks "
        "for{seen}.",
    )
    cure = Text(
        "Ghi lại đúng chỗ đã khai báo trong bố cục (tên trang, dòng tiêu đề, tên tệp hoặc ô), rồi gửi lại.",
        "Put it back where the layout declares it (sheet name, title, file name or cell), then "
        "resend the file.",
    )


class WebArchive(SourceError):
    code = "SRC040"
    says = Text(
        "Tệp “{filename}” là trang web được lưu dưới tên bảng tính và không có bảng nào đọc được.",
        "The file “{filename}” is a web page saved under a spreadsheet's name, without a table that "
        "can be read.",
    )
    cure = Text(
        "Mở tệp bằng Excel, chọn Lưu như → Sổ làm việc Excel (.xlsx), rồi gửi lại.",
        "Open it in Excel, choose Save As → Excel Workbook (.xlsx), then send that.",
    )


class NoSheetFits(SourceError):
    code = "SRC041"
    says = Text(
        "Trong sổ Excel “{filename}” không trang tính nào có tên khớp với “{pattern}”. Các trang "
        "có: {found}.",
        "No sheet of “{filename}” has a name that matches “{pattern}”. Sheets found: {found}.",
    )
    cure = Text(
        "Đặt lại tên các trang như lần gửi trước, hoặc sửa sheet_names trong bố cục.",
        "Name the sheets as before, or mend sheet_names in the layout.",
    )


class TwoTitles(SourceError):
    code = "SRC048"
    says = Text(
        "Trong tệp “{filename}”, {where_vi} cho nhiều giá trị khác nhau của “{column}”: {seen}. "
        "Cần đúng một giá trị; không tự chọn để khỏi ghi số liệu vào nhầm kỳ.",
        "In “{filename}” {where_en} gives several different values of “{column}”: {seen}. Exactly one "
        "is expected; none is chosen, so that no figures go to the wrong period.",
    )
    cure = Text(
        "Để ở đó đúng một giá trị, hoặc thêm một cột rồi khai báo trong bố cục; hoặc chỉ rõ ô chứa giá trị "
        "trong bố cục (from: cell), rồi gửi lại.",
        "Leave one value there, or put it into a column and declare that in the layout; or choose the "
        "cell that holds it (from: cell), then resend the file.",
    )


class OtherUnit(SourceError):
    code = "SRC049"
    says = Text(
        "Trong tệp “{filename}”, số liệu của “{column}” ghi theo đơn vị khác hợp đồng: “{found}”, trong khi "
        "hợp đồng cần “{unit}”. Chưa nhận dòng nào, vì số liệu sẽ lệch hàng nghìn lần mà không ai thấy.",
        "In “{filename}” the figures of “{column}” are in another unit than the contract's: “{found}”, where "
        "it wants “{unit}”. No row was taken, for the figures would be wrong by thousands unseen.",
    )
    cure = Text(
        "Đổi số liệu về đơn vị “{unit}” rồi sửa dòng ghi đơn vị; nếu số liệu vốn đã đúng đơn vị thì chỉ sửa "
        "dòng ấy. Nếu cơ quan luôn báo theo đơn vị này, đề nghị đổi đơn vị của cột trong hợp đồng.",
        "Convert the figures to “{unit}” and mend the line that names the unit; where the figures are right, "
        "mend that line only. If the agency always reports so, ask for the contract's unit to change.",
    )


class SecondTable(SourceError):
    code = "SRC042"
    says = Text(
        "Trong tệp “{filename}”, dòng {row} là tiêu đề của một bảng khác, không "
        "cùng các cột với bảng đầu: {found}.",
        "In “{filename}” row {row} is the header of another table, whose columns are not "
        "those of the first: {found}.",
    )
    cure = Text(
        "Tách mỗi bảng thành một trang tính hoặc một tệp riêng, hoặc xếp cùng các cột theo cùng một thứ tự, "
        "rồi gửi lại.",
        "Put each table into a sheet or file of its own, or the same columns in the same order, then resend.",
    )


class SideBySide(SourceError):
    code = "SRC043"
    says = Text(
        "Tệp “{filename}” có {count} bảng đặt cạnh nhau với cùng một dòng tiêu đề ({found}).",
        "“{filename}” has {count} tables side by side under the same headers ({found}).",
    )
    cure = Text(
        "Chuyển bảng bên phải xuống ngay dưới bảng bên trái, dưới cùng một dòng tiêu đề, rồi gửi lại.",
        "Move the table on the right below the one on the left, under one header, and send again.",
    )


class PartOfYear(SourceError):
    code = "SRC044"
    says = Text(
        "Trong tệp “{filename}”, {where_vi} nói về một phần của năm (“{seen}”), còn hợp đồng cần số liệu "
        "cả năm. Chưa nhận dòng nào, vì số liệu một phần sẽ bị hiểu là của cả năm.",
        "In “{filename}” {where_en} speaks of a part of a year (“{seen}”), where the contract wants figures "
        "of the whole year. No row was taken, for figures of a part would pass as those of the year.",
    )
    cure = Text(
        "Gửi số liệu cả năm. Nếu số liệu vốn đã là của cả năm thì sửa tiêu đề rồi gửi lại; nếu cần báo theo "
        "tháng, quý, 6 tháng thì gửi vào tập dữ liệu có kỳ ấy.",
        "Send the figures of the whole year. Where they are already, mend the title and send again; figures "
        "of months, quarters or half-years belong to a dataset of that period.",
    )


class Cumulated(SourceError):
    code = "SRC045"
    says = Text(
        "Trong tệp “{filename}”, tiêu đề nói về số lũy kế (“{seen}”), còn hợp đồng cần số liệu của riêng "
        "từng kỳ. Chưa nhận dòng nào, vì số cộng dồn từ đầu năm sẽ bị hiểu là của một kỳ.",
        "In “{filename}” a title speaks of figures added up (“{seen}”), where the contract wants those of "
        "each period alone. No row was taken, for sums since January would pass as one period's.",
    )
    cure = Text(
        "Gửi số liệu của riêng kỳ báo cáo. Nếu bảng có cả hai loại thì ghi rõ ở tiêu đề cột (“Tháng 3”, “Lũy "
        "kế từ đầu năm”); nếu số liệu vốn đã là của riêng kỳ thì sửa tiêu đề, rồi gửi lại.",
        "Send the figures of the reporting period alone. Where the table has both, say so in the headers "
        "(“Tháng 3”, “Lũy kế từ đầu năm”); where the figures are the period's own, mend the title, then "
        "resend.",
    )


class OtherPeriod(SourceError):
    code = "SRC046"
    says = Text(
        "Trong tệp “{filename}”, dòng {row} ghi kỳ khác (“{found}”) với kỳ của bảng ({period}). Chưa nhận "
        "dòng nào, vì các dòng bên dưới sẽ bị ghi vào nhầm kỳ.",
        "In “{filename}” row {row} names another period (“{found}”) than the table's ({period}). No row was "
        "taken, for those below it would go to the wrong period.",
    )
    cure = Text(
        "Tách mỗi kỳ thành một trang tính hoặc một tệp riêng, hoặc thêm một cột ghi kỳ ở từng dòng, rồi "
        "gửi lại.",
        "Put each period into a sheet or file of its own, or add a column that says the period in each row, "
        "then resend.",
    )
