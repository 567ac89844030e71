"""What an outlook refuses.

InsightError
└── OutlookError
    ├── DayPassed    INS041  the day of the target lies before the last value
    ├── TooFar       INS042  the day lies further ahead than a forecast of this step reaches
    ├── BadDay       INS043  a day or period that cannot be read
    └── NoWay        INS045  neither more nor less is better, so nothing can be met
"""

from __future__ import annotations

from tinh.insight.errors import InsightError
from tinh.kit.errors import Text


class OutlookError(InsightError):
    code = "INS040"


class NoWay(OutlookError):
    code = "INS045"
    says = Text(
        "Chỉ số “{indicator}” không nói tăng hay giảm là tốt, nên không biết thế nào là đạt mục tiêu.",
        "Indicator “{indicator}” does not say whether more or less is better, so nothing can be met.",
    )
    cure = Text(
        "Khai `direction: up` hoặc `direction: down`.", "Declare `direction: up` or `direction: down`."
    )


class DayPassed(OutlookError):
    code = "INS041"
    says = Text(
        "Hạn {by} không sau giá trị mới nhất ({last}) của chuỗi “{series}”.",
        "The day {by} is not after the newest value ({last}) of series “{series}”.",
    )
    cure = Text("Chọn hạn muộn hơn.", "Choose a later day.")


class TooFar(OutlookError):
    code = "INS042"
    says = Text(
        "Hạn {by} cách giá trị mới nhất {steps} kỳ; chuỗi “{series}” chỉ dự báo được {most} kỳ.",
        "The day {by} is {steps} periods after the newest value; series “{series}” is forecast for {most}.",
    )
    cure = Text(
        "Dùng chỉ số theo kỳ dài hơn (tháng, năm).", "Use an indicator of longer periods (months, years)."
    )


class BadDay(OutlookError):
    code = "INS043"
    says = Text(
        "Hạn “{found}” không đọc được theo bước của chuỗi “{series}” (như {example}).",
        "The day “{found}” cannot be read in the steps of series “{series}” (such as {example}).",
    )
    cure = Text(
        "Viết 2026, 2026-Q4, 2026-12, 2026-12-31, hoặc một số nguyên khi chuỗi đánh số.",
        "Write 2026, 2026-Q4, 2026-12, 2026-12-31, or an integer where the series is numbered.",
    )
