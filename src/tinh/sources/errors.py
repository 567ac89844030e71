"""What cannot be taken in, and what the sender can do about it.

SourceError            the family: a delivery that cannot be read as a table
  SRC001 EmptyFile · SRC002 HeaderOnly · SRC003 WrongFile · SRC004 NoHeader
  SRC005 MissingColumns · SRC006 DuplicateHeader · SRC007 UnknownEncoding
  SRC008 LegacyFont · SRC009 Garbled · SRC010 CutShort · SRC011 NotATable
  SRC012 NulBytes · SRC013 PasswordProtected · SRC014 Inflates · SRC015 TooLarge
  SRC016 BadJson · SRC017 NoRecords · SRC018 TooDeep · SRC019 NoSuchSheet
  SRC020 OpenQuote · SRC021 NotStored · SRC022 Unparsable · SRC023 NoSuchFile
  SRC030 XmlEntities · SRC031 HiddenColumns · SRC032 Uncomputed · SRC033 PdfFile · SRC034 Picture
  SRC035 WordFile · SRC036 BinaryWorkbook · SRC037 TooManySheets · SRC038 NothingToUnpivot
  SRC039 FixedNotFound · SRC040 WebArchive · SRC041 NoSheetFits · SRC048 TwoTitles
  SRC042 SecondTable · SRC043 SideBySide · SRC044 PartOfYear · SRC045 Cumulated · SRC046 OtherPeriod
  SRC049 OtherUnit
  SRC050 MixedLetters · SRC051 BrokenUtf8 · SRC052 TooWide · SRC053 CellTooLarge
  SRC060 RecordTooLarge · SRC061 OldLettersTooLarge
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.family import SourceError as SourceError
from tinh.sources.large_errors import (
    OldLettersTooLarge as OldLettersTooLarge,
)
from tinh.sources.large_errors import (
    RecordTooLarge as RecordTooLarge,
)
from tinh.sources.workbook_errors import (
    BinaryWorkbook as BinaryWorkbook,
)
from tinh.sources.workbook_errors import (
    Cumulated as Cumulated,
)
from tinh.sources.workbook_errors import (
    FixedNotFound as FixedNotFound,
)
from tinh.sources.workbook_errors import (
    HiddenColumns as HiddenColumns,
)
from tinh.sources.workbook_errors import (
    NoSheetFits as NoSheetFits,
)
from tinh.sources.workbook_errors import (
    NothingToUnpivot as NothingToUnpivot,
)
from tinh.sources.workbook_errors import (
    OtherPeriod as OtherPeriod,
)
from tinh.sources.workbook_errors import (
    PdfFile as PdfFile,
)
from tinh.sources.workbook_errors import (
    Picture as Picture,
)
from tinh.sources.workbook_errors import (
    SecondTable as SecondTable,
)
from tinh.sources.workbook_errors import (
    SideBySide as SideBySide,
)
from tinh.sources.workbook_errors import (
    TooManySheets as TooManySheets,
)
from tinh.sources.workbook_errors import (
    TwoTitles as TwoTitles,
)
from tinh.sources.workbook_errors import (
    Uncomputed as Uncomputed,
)
from tinh.sources.workbook_errors import (
    WebArchive as WebArchive,
)
from tinh.sources.workbook_errors import (
    WordFile as WordFile,
)
from tinh.sources.workbook_errors import (
    XmlEntities as XmlEntities,
)


class EmptyFile(SourceError):
    code = "SRC001"
    says = Text("Tệp “{filename}” rỗng: không có nội dung nào.", "The file “{filename}” is empty.")
    cure = Text(
        "Xuất lại tệp từ hệ thống nguồn rồi gửi lại.", "Export the file again from its system and resend it."
    )


class HeaderOnly(SourceError):
    code = "SRC002"
    says = Text(
        "Tệp “{filename}” chỉ có dòng tiêu đề, không có dòng dữ liệu nào.",
        "The file “{filename}” has a header and no data rows.",
    )
    cure = Text(
        "Kiểm tra bộ lọc hoặc khoảng thời gian khi xuất dữ liệu rồi gửi lại.",
        "Check the filter or the time span of the export, then resend it.",
    )


class WrongFile(SourceError):
    code = "SRC003"
    says = Text(
        "Tệp “{filename}” không phải dữ liệu của bộ “{dataset_vi}”. Tiêu đề tìm thấy: {found}. Tiêu đề "
        "cần có: {expected}.",
        "The file “{filename}” does not belong to dataset “{dataset_en}”. Headers found: {found}. "
        "Expected: {expected}.",
    )
    cure = Text(
        "Chọn đúng bộ dữ liệu, sửa dòng tiêu đề theo mẫu của bộ dữ liệu này, "
        "hoặc khai bố cục của tệp một lần.",
        "Choose the right dataset, correct the header to this dataset's layout, "
        "or show the layout of the file once.",
    )


class NoHeader(SourceError):
    code = "SRC004"
    says = Text(
        "Tệp “{filename}” không có dòng tiêu đề: dòng đầu tiên đã là dữ liệu ({found}).",
        "The file “{filename}” has no header: its first row is already data ({found}).",
    )
    cure = Text(
        "Thêm dòng đầu tiên ghi tên các cột: {expected}.",
        "Add a first row that names the columns: {expected}.",
    )


class MissingColumns(SourceError):
    code = "SRC005"
    says = Text(
        "Tệp “{filename}” thiếu cột bắt buộc: {missing}. Các cột tìm thấy: {found}.",
        "The file “{filename}” lacks required columns: {missing}. Columns found: {found}.",
    )
    cure = Text(
        "Bổ sung các cột còn thiếu (đúng tên trong dòng tiêu đề) rồi gửi lại.",
        "Add the missing columns, named as the contract names them, and resend it.",
    )


class DuplicateHeader(SourceError):
    code = "SRC006"
    says = Text(
        "Tệp “{filename}” có nhiều cột cùng ứng với “{column}”: {found}.",
        "In “{filename}” several columns stand for “{column}”: {found}.",
    )
    cure = Text(
        "Giữ lại một cột duy nhất cho mỗi trường, xóa hoặc đổi tên cột thừa.",
        "Keep one column for each field; delete or rename the others.",
    )


class UnknownEncoding(SourceError):
    code = "SRC007"
    says = Text(
        "Không xác định được bảng mã ký tự của tệp “{filename}” (byte lạ đầu tiên ở dòng {line}).",
        "The character encoding of “{filename}” is not one we know (first odd byte in line {line}).",
    )
    cure = Text(
        "Mở tệp bằng phần mềm đã tạo ra nó và lưu lại dạng CSV UTF-8 (trong Excel: “CSV UTF-8”).",
        "Open the file in the program that made it and save it as CSV UTF-8.",
    )


class LegacyFont(SourceError):
    code = "SRC008"
    says = Text(
        "Tệp “{filename}” viết bằng bảng mã cũ {encoding}, ví dụ “{sample}”, đọc ra là “{meant}”.",
        "The file “{filename}” is written in the old {encoding} encoding: “{sample}” would read “{meant}”.",
    )
    cure = Text(
        "Chuyển mã sang Unicode (UniKey: Ctrl+Shift+F6, từ {encoding} sang Unicode) rồi lưu lại dạng UTF-8.",
        "Convert it to Unicode (UniKey: Ctrl+Shift+F6, {encoding} to Unicode) and save it as UTF-8.",
    )


class Garbled(SourceError):
    code = "SRC009"
    says = Text(
        "Chữ trong tệp “{filename}” đã bị hỏng do chuyển sai bảng mã: “{sample}” đúng ra là “{meant}”.",
        "The text of “{filename}” was garbled by a wrong conversion: “{sample}” should be “{meant}”.",
    )
    cure = Text(
        "Xuất lại từ hệ thống nguồn với bảng mã UTF-8; không mở rồi lưu lại bằng phần mềm khác.",
        "Export it again from its system as UTF-8, without opening and saving it in between.",
    )


class CutShort(SourceError):
    code = "SRC010"
    says = Text(
        "Tệp “{filename}” bị cắt cụt: {where_vi}.", "The file “{filename}” was cut short: {where_en}."
    )
    cure = Text(
        "Tệp có thể hỏng khi truyền hoặc sao chép. Gửi lại bản đầy đủ.",
        "It was probably damaged on its way. Send the whole file again.",
    )


class NotATable(SourceError):
    code = "SRC011"
    says = Text(
        "Tệp “{filename}” không phải bảng dữ liệu mà là {kind_vi}.",
        "The file “{filename}” is not a table of data but {kind_en}.",
    )
    cure = Text(
        "Gửi dữ liệu dưới dạng CSV, Excel (.xlsx), JSON, NDJSON hoặc Parquet.",
        "Send the data as CSV, Excel (.xlsx), JSON, NDJSON or Parquet.",
    )


class NulBytes(SourceError):
    code = "SRC012"
    says = Text(
        "Tệp “{filename}” có byte NUL ở dòng {line}: tệp văn bản đã bị hỏng.",
        "The file “{filename}” holds a NUL byte in line {line}: the text is damaged.",
    )
    cure = Text("Xuất lại tệp từ hệ thống nguồn rồi gửi lại.", "Export the file again and resend it.")


class PasswordProtected(SourceError):
    code = "SRC013"
    says = Text(
        "Tệp Excel “{filename}” được bảo vệ bằng mật khẩu nên không đọc được.",
        "The Excel file “{filename}” is protected by a password and cannot be read.",
    )
    cure = Text(
        "Trong Excel: Tệp → Thông tin → Bảo vệ sổ làm việc → Mã hóa bằng mật khẩu, xóa mật khẩu, lưu "
        "và gửi lại.",
        "In Excel: File → Info → Protect Workbook → Encrypt with Password, clear it, save and resend.",
    )


class Inflates(SourceError):
    code = "SRC014"
    says = Text(
        "Tệp “{filename}” phình ra quá mức cho phép khi giải nén ({size} → hơn {limit}); từ chối để "
        "bảo vệ hệ thống.",
        "The file “{filename}” swells beyond what is allowed when unpacked ({size} → over {limit}).",
    )
    cure = Text(
        "Gửi dữ liệu chưa nén dạng CSV, hoặc chia nhỏ tệp; xóa các ô trống được định dạng xa vùng dữ liệu.",
        "Send it as plain CSV or in parts; delete formatted empty cells far from the data.",
    )


class TooLarge(SourceError):
    code = "SRC015"
    status = 413
    says = Text(
        "Tệp “{filename}” lớn {size}, vượt giới hạn {limit} của dạng {format}.",
        "The file “{filename}” is {size}, over the limit of {limit} for {format}.",
    )
    cure = Text(
        "Gửi dạng CSV hoặc Parquet, hoặc chia nhỏ theo tháng.",
        "Send it as CSV or Parquet, or split it by month.",
    )


class BadJson(SourceError):
    code = "SRC016"
    says = Text(
        "JSON trong tệp “{filename}” sai cú pháp ở dòng {line}, cột {column}: {reason}.",
        "The JSON in “{filename}” is malformed at line {line}, column {column}: {reason}.",
    )
    cure = Text(
        "Xuất lại tệp; mỗi bản ghi phải là một đối tượng JSON hợp lệ.",
        "Export it again; every record must be a valid JSON object.",
    )


class NoRecords(SourceError):
    code = "SRC017"
    says = Text(
        "Không tìm thấy danh sách bản ghi trong tệp JSON “{filename}”{place_vi}.",
        "No list of records was found in the JSON file “{filename}”{place_en}.",
    )
    cure = Text(
        "Gửi một mảng các đối tượng, hoặc khai báo layout.records trong hợp đồng dữ liệu.",
        "Send an array of objects, or declare layout.records in the contract.",
    )


class TooDeep(SourceError):
    code = "SRC018"
    says = Text(
        "JSON trong tệp “{filename}” lồng nhau quá sâu.", "The JSON in “{filename}” is nested too deeply."
    )
    cure = Text("Gửi dữ liệu dạng danh sách các đối tượng phẳng.", "Send a list of flat objects.")


class NoSuchSheet(SourceError):
    code = "SRC019"
    says = Text(
        "Sổ Excel “{filename}” không có trang tính “{sheet}”. Các trang có: {found}.",
        "The workbook “{filename}” has no sheet “{sheet}”. Sheets found: {found}.",
    )
    cure = Text("Đổi tên trang tính cho đúng rồi gửi lại.", "Rename the sheet and resend the file.")


class OpenQuote(SourceError):
    code = "SRC020"
    says = Text(
        "Trong tệp “{filename}”, dấu ngoặc kép mở ở dòng {line} không được đóng: tệp bị cắt cụt hoặc "
        "thừa dấu ngoặc kép.",
        "In “{filename}” the quote opened in line {line} is never closed: the file was cut or a "
        "quote is stray.",
    )
    cure = Text(
        'Gửi lại bản đầy đủ; dấu ngoặc kép trong nội dung phải viết thành hai dấu ("").',
        'Send the whole file again; a quote inside a value is written twice ("").',
    )


class NotStored(SourceError):
    code = "SRC021"
    retry = True
    status = 507
    says = Text(
        "Không lưu được dữ liệu nhận vào đĩa: {reason}.",
        "What came in could not be stored on disk: {reason}.",
    )
    cure = Text(
        "Dữ liệu CHƯA được nhận. Giải phóng dung lượng đĩa rồi gửi lại.",
        "Nothing was taken in. Free some disk space, then send it again.",
    )


class Unparsable(SourceError):
    code = "SRC022"
    says = Text(
        "Không đọc được tệp “{filename}” như {format}: {reason}.",
        "The file “{filename}” cannot be read as {format}: {reason}.",
    )
    cure = Text(
        "Mở tệp kiểm tra, lưu lại đúng dạng rồi gửi lại.",
        "Open it to check, save it again in that format and resend it.",
    )


class NoSuchFile(SourceError):
    code = "SRC023"
    status = 404
    says = Text("Không có tệp “{filename}”.", "There is no file “{filename}”.")
    cure = Text("Kiểm tra lại đường dẫn.", "Check the path.")


class MixedLetters(SourceError):
    code = "SRC050"
    says = Text(
        "Tệp “{filename}” lẫn chữ Unicode và chữ gõ bằng bảng mã cũ {encoding} trong cùng một cột: ô "
        "“{sample}” có thể đúng như vậy, cũng có thể là “{meant}”, không có gì để phân biệt.",
        "“{filename}” mixes Unicode and the old {encoding} encoding within one column: the cell “{sample}” "
        "may be right as it is or mean “{meant}”, and nothing tells which.",
    )
    cure = Text(
        "Chuyển cả cột sang Unicode (UniKey: Ctrl+Shift+F6, từ {encoding} sang Unicode), xem lại ô này rồi "
        "gửi lại.",
        "Convert the whole column to Unicode (UniKey: Ctrl+Shift+F6, {encoding} to Unicode), check that "
        "cell, then resend the file.",
    )


class BrokenUtf8(SourceError):
    code = "SRC051"
    says = Text(
        "Tệp “{filename}” viết bằng UTF-8 nhưng có byte hỏng ở dòng {line}, gần “{near}”.",
        "“{filename}” is UTF-8 but holds a broken byte in line {line}, near “{near}”.",
    )
    cure = Text(
        "Xuất lại tệp từ hệ thống nguồn dạng UTF-8; không ghép tệp của hai bảng mã khác nhau.",
        "Export the file again as UTF-8; do not join files of two encodings.",
    )


class TooWide(SourceError):
    code = "SRC052"
    status = 413
    says = Text(
        "Dòng {line} của tệp “{filename}” có quá {limit} cột.",
        "Line {line} of “{filename}” has more than {limit} columns.",
    )
    cure = Text(
        "Kiểm tra dấu phân cách và dấu xuống dòng khi xuất tệp; bảng chỉ gồm các cột của hợp đồng dữ liệu.",
        "Check the separator and the line ends of the export; send the columns of the contract only.",
    )


class CellTooLarge(SourceError):
    code = "SRC053"
    status = 413
    says = Text(
        "Một ô ở dòng {line} của tệp “{filename}” lớn hơn {limit}.",
        "A cell in line {line} of “{filename}” is larger than {limit}.",
    )
    cure = Text(
        "Bỏ nội dung đính kèm (ảnh, văn bản) khỏi ô; có thể một dấu ngoặc kép mở mà không đóng.",
        "Take attachments (pictures, documents) out of the cell; perhaps a quote was never closed.",
    )
