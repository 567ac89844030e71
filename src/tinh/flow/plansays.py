"""A plan in sentences, by section, in both languages; figures as plain numbers."""

from __future__ import annotations

from collections.abc import Callable

from tinh.flow.planned import Fall, Plan, Rejudged, Revalued, RowMove, Standing, TargetMove, ValueMove
from tinh.kit.errors import Text

Place = Callable[[str, str], str]  # code and period → name

_OUTCOMES = {
    "accepted": Text("chấp nhận", "accepted"),
    "in part": Text("chấp nhận một phần", "accepted in part"),
    "refused": Text("từ chối", "refused"),
}
_FILES = {"added": Text("thêm", "added"), "removed": Text("bỏ", "removed"), "changed": Text("sửa", "changed")}
_MOVES = {"starts": Text("bắt đầu", "starts"), "ends": Text("kết thúc", "ends")}
_STATES = {
    "ok": Text("yên", "at rest"),
    "pending": Text("đang chờ", "pending"),
    "firing": Text("đang báo", "firing"),
    "silent": Text("im lặng", "silent"),
}
_NOTHING = Text("", "")
_KINDS = {
    "pack": Text("gói", "pack"),
    "indicator": Text("chỉ tiêu", "indicator"),
    "alert": Text("cảnh báo", "alert"),
}


def outcome(name: str) -> Text:
    return _OUTCOMES.get(name, Text(name, name))


def files(plan: Plan) -> list[Text]:
    return [Text(f"{_FILES[what].vi} {name}", f"{_FILES[what].en} {name}") for name, what in plan.files]


def rejudged(one: Rejudged) -> Text:
    """What a contract would do to the deliveries that count."""
    tried = Text(
        f"{one.dataset}: xét lại {one.tried}/{one.of} lần gửi ({one.rows} dòng)",
        f"{one.dataset}: {one.tried} of {one.of} deliveries judged again ({one.rows} rows)",
    )
    if not (one.held or one.released or one.other_rules or one.verdicts):
        return Text(f"{tried.vi}; không dòng nào đổi", f"{tried.en}; no row changes")
    vi = [f"thêm {one.held} dòng bị giữ", f"{one.released} dòng được thả"]
    en = [f"{one.held} more rows held", f"{one.released} rows let through"]
    if one.other_rules:
        vi.append(f"{one.other_rules} dòng bị giữ vì lý do khác")
        en.append(f"{one.other_rules} held for other reasons")
    others = sum(v.before != v.after for v in one.verdicts)
    if others:
        vi.append(f"{others} kết luận đổi")
        en.append(f"{others} verdicts change")
    return Text(f"{tried.vi}; {', '.join(vi)}", f"{tried.en}; {', '.join(en)}")


def row(one: RowMove) -> Text:
    """One row that would be held or let through."""
    values = ", ".join(f"{k}={v}" for k, v in one.values.items())
    vi, en = "; ".join(s.vi for s in one.says), "; ".join(s.en for s in one.says)
    at = one.at or str(one.row)
    what = Text("giữ", "held") if one.what == "held" else Text("thả", "let through")
    return Text(
        f"{what.vi}: {one.file or one.receipt}, dòng {at} · {vi} · {values}",
        f"{what.en}: {one.file or one.receipt}, row {at} · {en} · {values}",
    )


def revalued(one: Revalued) -> Text:
    old, new = one.version
    version = "" if old == new else f" v{old} → v{new}" if old else f" v{new}"
    if one.failed:
        return Text(
            f"{one.indicator}{version}: không tính được: {one.failed}",
            f"{one.indicator}{version}: cannot be computed: {one.failed}",
        )
    if not one.moves:
        return Text(
            f"{one.indicator}{version}: tính lại {one.after} giá trị, không giá trị nào đổi",
            f"{one.indicator}{version}: {one.after} values computed again, none changes",
        )
    return Text(
        f"{one.indicator}{version}: {one.before} → {one.after} giá trị; {one.changed} đổi, "
        f"{one.appear} xuất hiện, {one.vanish} mất đi",
        f"{one.indicator}{version}: {one.before} → {one.after} values; {one.changed} change, "
        f"{one.appear} appear, {one.vanish} vanish",
    )


def value(one: ValueMove, place: Place) -> str:
    return f"{place(one.place, one.period)}, {one.period}: {figure(one.before)} → {figure(one.after)}"


def figure(number: float | None) -> str:
    return "–" if number is None else f"{number:.6g}"


def target(one: TargetMove) -> Text:
    before, after = _standing(one.before), _standing(one.after)
    head = f"{one.indicator} · {one.by}"
    return Text(f"{head}: {before.vi} → {after.vi}", f"{head}: {before.en} → {after.en}")


def _standing(one: Standing | None) -> Text:
    if one is None:
        return Text("không có mục tiêu", "no target")
    aim = figure(one.target)
    if one.met is None:
        return Text(f"mục tiêu {aim}, chưa có giá trị", f"target {aim}, no value yet")
    at = figure(one.value)
    if one.met:
        return Text(f"mục tiêu {aim}, đạt ({at}, {one.period})", f"target {aim}, met ({at}, {one.period})")
    gap = figure(one.gap)
    return Text(
        f"mục tiêu {aim}, còn thiếu {gap} ({at}, {one.period})",
        f"target {aim}, {gap} to go ({at}, {one.period})",
    )


def sections(plan: Plan, place: Place, effects: bool = True) -> list[tuple[Text, list[Text]]]:
    """Every section that has something to say, in the order a reader needs it; without `effects`
    rows and values are left to whoever shows them as tables."""
    out: list[tuple[Text, list[Text]]] = [
        (
            Text("Không áp dụng được" if plan.refused else "Chuỗi số liệu bị đứt", "Series broken"),
            [
                Text(
                    f"{b.finding.code} {b.finding.says.vi} → {b.finding.cure.vi}",
                    f"{b.finding.code} {b.finding.says.en} → {b.finding.cure.en}",
                )
                for b in plan.broken
            ],
        ),
        (Text("Khai báo", "Declarations"), [c.says for c in plan.changes]),
    ]
    judged: list[Text] = []
    for contract in plan.rejudged if effects else ():
        judged.append(rejudged(contract))
        judged += [_indented(row(e)) for e in contract.examples]
    out.append((Text("Dòng bị giữ hoặc được thả", "Rows held or let through"), judged))
    values: list[Text] = []
    for one in plan.revalued if effects else ():
        values.append(revalued(one))
        for move in (*one.largest, *one.appearing[:3], *one.vanishing[:3]):
            said = value(move, place)
            values.append(_indented(Text(said, said)))
    out.append((Text("Giá trị tính lại", "Values recomputed"), values))
    out.append((Text("Mục tiêu", "Targets"), [target(t) for t in plan.targets]))
    tiers = [_fall(f) for f in plan.falls]
    out.append((Text("Mất độ tin", "Tiers lost"), tiers))
    alerts = [
        Text(
            f"{_MOVES[a.what].vi} ({_STATES[a.before].vi} → {_STATES[a.after].vi}): {a.sentence.vi}",
            f"{_MOVES[a.what].en} ({_STATES[a.before].en} → {_STATES[a.after].en}): {a.sentence.en}",
        )
        for a in plan.alerts
    ]
    out.append((Text("Cảnh báo", "Alerts"), alerts))
    out.append((Text("Tệp", "Files"), files(plan)))
    return [(title, lines) for title, lines in out if lines]


def _fall(one: Fall) -> Text:
    kind = _KINDS[one.kind]
    vi, en = f"{kind.vi} {one.id}", f"{kind.en} {one.id}"
    more = (
        Text(f" (cùng {one.others} khai báo)", f" (with {one.others} declarations)")
        if one.others
        else _NOTHING
    )
    move = f": {one.before} → {one.after}"
    return Text(vi + move + more.vi, en + move + more.en)


def _indented(text: Text) -> Text:
    return Text(f"  {text.vi}", f"  {text.en}")
