"""Subscriptions to events are declared in packs, in the province or on the web; contradictions are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tinh.packs.api import Subscriptions, load

Write = Callable[..., Path]
GOOD = """\
format: 1
id: bao-so-khcn
name: {vi: Báo sở, en: Tell the department}
agency: so-khcn
events: {receipts: [stations], indicators: [sharing], change: 0.5, places: ["19"]}
target: {url: "https://so-khcn.example.vn/su-kien", secret: BAO_KHCN, batch: 20}
purpose: x
legal_basis: y
"""


def test_a_subscription_of_the_province_and_one_made_on_the_web_stand_together(
    province: Write, tmp_path: Path
) -> None:
    folder = province(a={"subscriptions/trong-goi.yaml": GOOD.replace("bao-so-khcn", "trong-goi")})
    (folder / "subscriptions").mkdir()
    (folder / "subscriptions" / "bao.yaml").write_text(GOOD)
    compiled = load(folder)
    assert compiled.catalogue is not None, compiled.findings
    assert set(compiled.catalogue.subscriptions) == {"bao-so-khcn", "trong-goi"}
    one = compiled.catalogue.subscriptions["bao-so-khcn"]
    assert one.owners == ("so-khcn",) and one.target.keep_trying == 72 * 3600 and one.wanted.change == 0.5
    (tmp_path / "nha" / "subscriptions").mkdir(parents=True)
    file = tmp_path / "nha" / "subscriptions" / "tren-web.yaml"
    file.write_text(GOOD.replace("bao-so-khcn", "tren-web"))
    book = Subscriptions(compiled.catalogue, tmp_path / "nha")
    assert set(book.all()) == {"bao-so-khcn", "trong-goi", "tren-web"} and book.own("bao-so-khcn") is None
    file.write_text(GOOD)
    assert [f.code for f in book.findings()] == ["PCK024"], "a declared id is not taken over on the web"


@pytest.mark.parametrize(
    ("mend", "code"),
    [
        (("agency: so-khcn", "agency: so-la"), "PCK030"),
        (("receipts: [stations]", "receipts: [stationz]"), "PCK031"),
        (("indicators: [sharing]", "indicators: [shoring]"), "PCK033"),
        (("change: 0.5", "alerts: [no-such]"), "PCK148"),
        (("https://so-khcn", "http://so-khcn"), "PCK062"),
        (("https://so-khcn.", "https://u:p@so-khcn."), "PCK065"),
        (("secret: BAO_KHCN", "secret: 'mật khẩu'"), "PCK113"),
        (("batch: 20", "batch: 20, mode: binary"), "PCK147"),
        (("events: {receipts: [stations], indicators: [sharing], ", "events: {"), "PCK147"),
        (("legal_basis: y", 'legal_basis: y\nfrom: "2027-01-02"\nuntil: "2027-01-01"'), "PCK143"),
    ],
)
def test_what_contradicts_itself_is_found(province: Write, mend: tuple[str, str], code: str) -> None:
    assert mend[0] in GOOD
    compiled = load(province(a={"subscriptions/bao.yaml": GOOD.replace(*mend)}))
    assert code in {f.code for f in compiled.findings if f.level == "error"}, compiled.findings
