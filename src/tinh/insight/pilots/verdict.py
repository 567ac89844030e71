"""What may be said, by rules that are written down (docs/reference/pilots.md, "Verdicts")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from tinh.insight.pilots.figures import chance, figure, p_is
from tinh.insight.pilots.trends import Trends
from tinh.kit.errors import Text

Code = Literal["gained", "lost", "no_effect", "cannot_tell"]
NAMES = {
    "did": Text("Sai biệt kép (DID)", "Difference-in-differences"),
    "group_time": Text("DID theo nhóm và kỳ (Callaway–Sant'Anna)", "Group-time DID (Callaway–Sant'Anna)"),
    "synthetic_control": Text("Đối chứng tổng hợp", "Synthetic control"),
    "synthetic_did": Text("DID tổng hợp", "Synthetic DID"),
}


@dataclass(frozen=True)
class Estimate:
    """One method's answer. `way`: where p comes from."""

    method: str
    value: float
    se: float
    low: float
    high: float
    p: float
    way: str

    @property
    def name(self) -> Text:
        return NAMES[self.method]

    @property
    def sign(self) -> int:
        """0 within half a standard error of zero, where a sign says nothing."""
        if np.isfinite(self.se) and abs(self.value) < self.se / 2:
            return 0
        return int(np.sign(self.value))


@dataclass(frozen=True)
class Verdict:
    """`reasons`: rule → sentence. `main`: the method it rests on."""

    code: Code
    main: str
    says: Text
    reasons: tuple[tuple[str, Text], ...]


def verdict(
    found: Sequence[Estimate], main: str, seen: Trends, detectable: float, least: float,
    alpha: float, direction: str, matters: float | None,
) -> Verdict:  # fmt: skip
    """`detectable`: smallest effect the main method could show; `least`: smallest p the design allows."""
    by = {e.method: e for e in found}
    one = by[main]
    against: list[tuple[str, Text]] = []
    notes: list[tuple[str, Text]] = []
    if least > alpha:
        against.append(
            (
                "few",
                Text(
                    f"quá ít đơn vị: dù kết quả thế nào, xác suất do ngẫu nhiên cũng không xuống dưới"
                    f" {chance(least).vi}",
                    f"too few units: whatever the outcome, chance alone could not be put below"
                    f" {chance(least).en}",
                ),
            )
        )
    synthetic = [by[m] for m in ("synthetic_did", "synthetic_control") if m in by]
    if main in ("did", "group_time"):
        if not seen.testable:
            against.append(
                (
                    "no_past",
                    Text(
                        f"chỉ có {seen.periods} kỳ trước khi bắt đầu, không kiểm tra được hai bên có đi"
                        f" song song không",
                        f"with {seen.periods} periods before the start, it cannot be checked that both"
                        f" moved alike",
                    ),
                )
            )
        elif seen.fails(alpha):
            saved = len(synthetic) == 2 and all(e.p <= alpha for e in synthetic)
            reason = (
                "trends",
                Text(
                    f"trước thí điểm hai bên đã không đi song song ({p_is(seen.p).vi})",
                    f"both sides did not move alike even before the pilot ({p_is(seen.p).en})",
                ),
            )
            if saved and synthetic[0].sign == synthetic[1].sign != 0:
                notes.append(
                    (
                        *reason[:1],
                        Text(
                            reason[1].vi
                            + "; kết luận dựa vào hai cách đối chứng tổng hợp, vốn không cần điều đó",
                            reason[1].en
                            + "; the verdict rests on the two synthetic methods, which do not need that",
                        ),
                    )
                )
                one = by["synthetic_did"]
                detectable = reach(one.se, alpha)
            else:
                against.append(reason)
    elif seen.fails(alpha):
        notes.append(
            (
                "trends",
                Text(
                    "trước thí điểm hai bên không đi song song; cách được dùng không cần điều đó",
                    "both sides did not move alike before the pilot; the method used does not need that",
                ),
            )
        )
    ruled_out = matters is not None and max(abs(one.low), abs(one.high)) < matters
    signs = {e.sign for e in found} - {0}
    if len(signs) > 1 and not ruled_out:
        against.append(
            ("signs", Text("các phương pháp trái chiều nhau", "the methods point in opposite directions"))
        )
    sure = np.isfinite(one.p) and one.p <= alpha
    if sure and np.isfinite(one.value) and abs(one.value) < detectable and not against:
        against.append(
            (
                "power",
                Text(
                    f"ước lượng {figure(abs(one.value)).vi} nhỏ hơn mức nhỏ nhất thí điểm cỡ này thấy"
                    f" chắc được"
                    f" ({figure(detectable).vi}), dễ là may rủi",
                    f"the estimate, {figure(abs(one.value)).en}, is below what a pilot of this size can"
                    f" reliably show"
                    f" ({figure(detectable).en}) and may be luck",
                ),
            )
        )
    if not sure and not ruled_out:
        limit, seeable = figure(detectable), bool(np.isfinite(detectable))
        against.append(
            (
                "unsure",
                Text(
                    f"chênh lệch {figure(one.value, True).vi} có thể chỉ là ngẫu nhiên ({p_is(one.p).vi})"
                    + (f"; thí điểm cỡ này chỉ thấy được tác động từ {limit.vi} trở lên" if seeable else ""),
                    f"a gap of {figure(one.value, True).en} may be chance ({p_is(one.p).en})"
                    + (f"; a pilot of this size shows only effects of {limit.en} or more" if seeable else ""),
                ),
            )
        )
    if against:
        why = Text("; ".join(t.vi for _, t in against), "; ".join(t.en for _, t in against))
        return Verdict("cannot_tell", one.method, Text(
            f"Chưa thể kết luận: {why.vi}.", f"Cannot tell: {why.en}."), (*against, *notes))  # fmt: skip
    span = Text(f"từ {figure(one.low, True).vi} đến {figure(one.high, True).vi}",
                f"from {figure(one.low, True).en} to {figure(one.high, True).en}")  # fmt: skip
    if ruled_out and matters is not None:
        return Verdict("no_effect", one.method, Text(
            f"Không có tác động đáng kể: khoảng tin cậy {span.vi}, dưới mức đáng kể {figure(matters).vi}.",
            f"No effect that matters: the interval runs {span.en}, within the {figure(matters).en} that"
            f" matters.",
        ), tuple(notes))  # fmt: skip
    up = one.value > 0
    good = direction == "either" or (direction == "increase") == up
    moved = Text("tăng" if up else "giảm", "rose" if up else "fell")
    body = Text(
        f"kết quả {moved.vi} {figure(abs(one.value)).vi} so với khi không có thí điểm"
        f" (khoảng tin cậy {span.vi}; {p_is(one.p).vi})",
        f"the outcome {moved.en} by {figure(abs(one.value)).en} against no pilot"
        f" (interval {span.en}; {p_is(one.p).en})",
    )
    if good:
        head = Text("Thí điểm có tác động", "The pilot had an effect")
        return Verdict(
            "gained", one.method, Text(f"{head.vi}: {body.vi}.", f"{head.en}: {body.en}."), tuple(notes)
        )
    head = Text("Thí điểm tác động ngược mong đợi", "The pilot worked against what was hoped")
    return Verdict("lost", one.method, Text(f"{head.vi}: {body.vi}.", f"{head.en}: {body.en}."), tuple(notes))


def reach(se: float, alpha: float, power: float = 0.8) -> float:
    """The effect a two-sided test at `alpha` finds with chance `power`: (z₁₋α/₂ + z_power) standard errors
    (Bloom 1995, Evaluation Review 19(5): 2.8 at 5 % and 80 %); infinite without an error."""
    if not np.isfinite(se):
        return float("inf")
    return float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)) * se
