"""InsightError
└── SeriesError            a series, or a table of series, that cannot be forecast
    ├── NotSeries          INS021  the table lacks a column
    ├── UnreadableMoments  INS022  a `ds` that is neither an integer, a date nor a period, or a mixture
    ├── DoubledMoments     INS023  two rows of one series at one `ds`
    ├── UnevenMoments      INS024  `ds` that follow no step
    ├── NotNumbers         INS025  a `y` that is not a number
    ├── NotFinite          INS026  a `y` that is infinite or too large
    ├── NoValues           INS027  no value at all
    ├── TooShort           INS028  fewer values than a forecast needs
    ├── NeverVaries        INS029  one value, always: nothing to learn an interval from
    ├── TooGappy           INS030  more holes than values
    ├── BadHorizon         INS031  a horizon, season or level that cannot be used
    ├── OutOfBounds        INS032  values outside the bounds declared for the series
    ├── NoEngine           INS033  the Spark Connect engine cannot be used
    └── EndOfCalendar      INS034  steps ahead that pass the year 9999
"""

from __future__ import annotations

from tinh.insight.errors import InsightError
from tinh.kit.errors import Text


class SeriesError(InsightError):
    code = "INS020"


class NotSeries(SeriesError):
    code = "INS021"
    says = Text(
        "Bảng chuỗi số thiếu cột {missing}; có các cột: {found}.",
        "The table of series lacks the column {missing}; it has: {found}.",
    )
    cure = Text(
        "Dòng đầu của tệp phải là `unique_id,ds,y` (mã chuỗi, thời điểm, giá trị).",
        "Begin the file with the line `unique_id,ds,y` (series, moment, value).",
    )


class UnreadableMoments(SeriesError):
    code = "INS022"
    says = Text(
        "Chuỗi “{series}”: thời điểm “{found}” không đọc được cùng các thời điểm khác.",
        "Series “{series}”: the moment “{found}” cannot be read beside the others.",
    )
    cure = Text(
        "Viết `ds` theo một kiểu duy nhất: số nguyên, 2025, 2025-Q1, 2025-03, 2025-03-31"
        " hoặc 2025-03-31 07:00:00.",
        "Write `ds` in one way only: an integer, 2025, 2025-Q1, 2025-03, 2025-03-31 or 2025-03-31 07:00:00.",
    )


class DoubledMoments(SeriesError):
    code = "INS023"
    says = Text(
        "Chuỗi “{series}” có {count} dòng cùng thời điểm {found}.",
        "Series “{series}” has {count} rows at the moment {found}.",
    )
    cure = Text("Giữ một giá trị cho mỗi thời điểm.", "Keep one value for each moment.")


class UnevenMoments(SeriesError):
    code = "INS024"
    says = Text(
        "Chuỗi “{series}”: từ {before} đến {found} không đúng bước {step} của chuỗi.",
        "Series “{series}”: from {before} to {found} is not a whole number of its steps ({step}).",
    )
    cure = Text(
        "Đưa về các thời điểm cách đều (ngày, tuần, tháng…); thời điểm thiếu thì để trống.",
        "Bring it to evenly spaced moments (days, weeks, months…); leave missing ones out.",
    )


class NotNumbers(SeriesError):
    code = "INS025"
    says = Text(
        "Chuỗi “{series}”: giá trị “{found}” tại {where} không phải là số.",
        "Series “{series}”: the value “{found}” at {where} is not a number.",
    )
    cure = Text(
        "Viết số với dấu chấm thập phân, không đơn vị, không dấu nghìn; giá trị thiếu thì để trống.",
        "Write numbers with a decimal point, no unit, no thousands sign; leave missing values empty.",
    )


class NotFinite(SeriesError):
    code = "INS026"
    says = Text(
        "Chuỗi “{series}”: giá trị “{found}” tại {where} là vô cùng hoặc quá lớn.",
        "Series “{series}”: the value “{found}” at {where} is infinite or too large.",
    )
    cure = Text("Sửa hoặc để trống giá trị này.", "Mend this value or leave it empty.")


class NoValues(SeriesError):
    code = "INS027"
    says = Text("Chuỗi “{series}” không có giá trị nào.", "Series “{series}” has no value.")
    cure = Text("Kiểm tra cột `y`.", "Look at the column `y`.")


class TooShort(SeriesError):
    code = "INS028"
    says = Text(
        "Chuỗi “{series}” chỉ có {count} giá trị; dự báo cần ít nhất {least}.",
        "Series “{series}” has only {count} values; a forecast needs at least {least}.",
    )
    cure = Text("Chờ thêm kỳ số liệu.", "Wait for more periods.")


class NeverVaries(SeriesError):
    code = "INS029"
    says = Text(
        "Chuỗi “{series}” luôn bằng {value} trong cả {count} giá trị: không ước lượng được khoảng dự báo.",
        "Series “{series}” is {value} in all of its {count} values: no interval can be learnt from it.",
    )
    cure = Text(
        "Coi như không đổi, hoặc kiểm tra nguồn có còn cập nhật không.",
        "Take it as unchanging, or see whether its source is still alive.",
    )


class TooGappy(SeriesError):
    code = "INS030"
    says = Text(
        "Chuỗi “{series}” có {count} giá trị nhưng thiếu {holes} thời điểm ở giữa.",
        "Series “{series}” has {count} values and lacks {holes} moments between them.",
    )
    cure = Text(
        "Dùng bước dài hơn (tháng thay cho ngày), hoặc bổ sung số liệu thiếu.",
        "Use a longer step (months for days), or fill in what is missing.",
    )


class BadHorizon(SeriesError):
    code = "INS031"
    says = Text("Không dùng được {what} = {found}.", "{what} = {found} cannot be used.")
    cure = Text(
        "Tầm dự báo và mùa vụ là số nguyên từ 1; mức tin cậy lớn hơn 0 và nhỏ hơn 100.",
        "Horizon and season are integers from 1; levels lie between 0 and 100.",
    )


class OutOfBounds(SeriesError):
    code = "INS032"
    says = Text(
        "Chuỗi “{series}”: giá trị {found} tại {where} nằm ngoài giới hạn {bounds} đã khai báo.",
        "Series “{series}”: the value {found} at {where} lies outside its declared bounds {bounds}.",
    )
    cure = Text(
        "Sửa giá trị, hoặc sửa giới hạn của chuỗi.",
        "Mend the value, or the bounds of the series.",
    )


class NoEngine(SeriesError):
    code = "INS033"
    retry = True
    status = 503
    says = Text(
        "Không dùng được máy tính cụm {engine}: {reason}.",
        "The Spark Connect engine {engine} cannot be used: {reason}.",
    )
    cure = Text(
        "Kiểm tra địa chỉ (sc://máy:cổng), máy chủ có chạy và các máy thợ đã cài tinh[cluster];"
        " hoặc bỏ --engine để chạy trên máy này.",
        "Check the address (sc://host:port), that the server runs and that its workers have tinh[cluster];"
        " or leave --engine out to run on this machine.",
    )


class EndOfCalendar(SeriesError):
    code = "INS034"
    says = Text(
        "Chuỗi “{series}”: {horizon} bước sau {last} vượt quá năm 9999.",
        "Series “{series}”: {horizon} steps after {last} pass the year 9999.",
    )
    cure = Text("Giảm --horizon.", "Ask for fewer steps.")
