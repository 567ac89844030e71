"""Public ODCS contracts become datasets without a word of ours in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tinh.packs.api import Catalogue, Dataset, Rule, dataset_called, load

Write = Callable[..., Path]


@pytest.fixture
def shop(province: Write, contracts: Path) -> Catalogue:
    text = (contracts / "shop.odcs.yaml").read_text("utf-8")
    compiled = load(province(bare=True, shop={"datasets/shop.odcs.yaml": text}))
    assert compiled.catalogue is not None, [f.render("en") for f in compiled.findings]
    return compiled.catalogue


@pytest.fixture
def readings(province: Write, contracts: Path) -> Dataset:
    text = (contracts / "readings.odcs.yaml").read_text("utf-8")
    compiled = load(province(bare=True, water={"datasets/readings.odcs.yaml": text}))
    assert compiled.catalogue is not None, [f.render("en") for f in compiled.findings]
    return compiled.catalogue.datasets["meter-readings"]


def rule(dataset: Dataset, id: str) -> Rule:
    return next(r for r in dataset.rules if r.id == id)


def test_each_object_of_a_contract_becomes_a_dataset_of_a_kind_its_key_tells(shop: Catalogue) -> None:
    kinds = {d.id: (d.kind, d.key) for d in shop.datasets.values()}
    assert kinds == {
        "web-shop-customers": ("register", ("customer_id",)),
        "web-shop-orders": ("register", ("tenant_id", "order_no")),
        "web-shop-payments": ("stream", ()),
    }


def test_a_dataset_is_found_by_the_names_its_contract_gives_it(shop: Catalogue) -> None:
    for name in ("web-shop-orders", "orders", "Orders", "web_shop_orders"):
        found = dataset_called(shop, name)
        assert found is not None and found.id == "web-shop-orders", name
    assert dataset_called(shop, "web-shop") is None  # three datasets: no guess
    assert dataset_called(shop, "") is None


def test_types_come_from_physical_types_where_logical_ones_are_missing(shop: Catalogue) -> None:
    orders = {c.name: c.logical for c in shop.datasets["web-shop-orders"].columns}
    assert orders == {
        "order_no": "integer",
        "tenant_id": "integer",
        "customer_id": "string",
        "ordered_at": "timestamp",
        "total": "number",
        "status": "string",
        "quantity": "integer",
        "gift": "boolean",
    }
    assert shop.datasets["web-shop-payments"].column("paid_at").logical == "timestamp"


def test_physical_and_business_names_are_headers_too(shop: Catalogue) -> None:
    column = shop.datasets["web-shop-customers"].column("customer_id")
    assert column.headers == ("customer_id", "cust_id", "Customer number")


@pytest.mark.parametrize(
    ("dataset", "id", "kind", "arguments"),
    [
        ("customers", "customer_id-length", "length", {"min": 4, "max": 12}),
        ("customers", "customer_id-pattern", "pattern", {"regex": "^C[0-9]+$"}),
        ("customers", "email-format", "format", {"name": "email"}),
        ("customers", "email-unique", "unique", {}),
        ("customers", "country-enum", "enum", {"values": ["VN", "LA", "KH"]}),
        ("customers", "born-range", "range", {"min": "1900-01-01", "below": "2020-01-01"}),
        ("orders", "total-range", "range", {"min": 0, "below": 1000000}),
        ("orders", "total-multiple", "multiple", {"of": 0.01}),
        ("orders", "tenant_id-width", "range", {"min": -32768, "max": 32767}),
        ("orders", "status-enum", "enum", {"values": ["new", "paid", "sent"]}),
        ("orders", "ordered_at-range", "range", {"min": "2019-01-01T00:00:00+00:00"}),
        (
            "orders",
            "customer_id-reference",
            "reference",
            {"dataset": "web-shop-customers", "column": "customer_id"},
        ),
        ("payments", "order_no-reference", "reference", {"dataset": "web-shop-orders", "column": "order_no"}),
        ("payments", "clock-range", "range", {"min": "06:00:00"}),
        ("payments", "method-type", "type", {"logical": "map"}),
    ],
)
def test_options_keys_and_relationships_become_rules(
    shop: Catalogue, dataset: str, id: str, kind: str, arguments: dict[str, object]
) -> None:
    found = rule(shop.datasets[f"web-shop-{dataset}"], id)
    assert (found.kind, dict(found.arguments)) == (kind, arguments)
    assert found.says.vi and found.says.en


@pytest.mark.parametrize(
    ("dataset", "id", "operator", "value", "holds", "severity"),
    [
        ("customers", "email-missing-values", "mustBeLessThan", 5, False, "error"),
        ("customers", "country-null-values", "mustBe", 0, True, "error"),
        ("orders", "totals-are-usual", "mustBeBetween", (0, 10), False, "error"),
        ("orders", "total-sql", "mustBe", 0, False, "error"),
        ("orders", "total-sql-2", "mustNotBeBetween", (5, 6), False, "error"),
        ("orders", "quantity-duplicate-values", "mustBeGreaterOrEqualTo", 1, False, "error"),
        ("orders", "quantity-null-values", "mustBeLessOrEqualTo", 3, False, "error"),
        ("orders", "row-count-check", "mustBeGreaterThan", 0, False, "error"),
        ("orders", "duplicate-values", "mustBe", 0, True, "error"),
        ("orders", "row-count", "mustNotBe", 13, False, "warning"),
    ],
)
def test_quality_entries_become_rules(
    shop: Catalogue, dataset: str, id: str, operator: str, value: object, holds: bool, severity: str
) -> None:
    found = rule(shop.datasets[f"web-shop-{dataset}"], id)
    assert found.operator is not None
    assert (found.operator.name, found.operator.value) == (operator, value)
    assert (found.holds, found.severity) == (holds, severity)


def test_sql_knows_its_column_and_leaves_the_table_to_the_gate(shop: Catalogue) -> None:
    found = rule(shop.datasets["web-shop-orders"], "total-sql")
    assert found.arguments["query"] == "SELECT COUNT(*) FROM ${table} WHERE total < 0"
    assert found.arguments["tables"] == ["orders", "orders_tbl", "web-shop-orders"]


def test_what_is_not_executed_is_carried_with_its_reason(shop: Catalogue) -> None:
    carried = {(c.where, c.type) for d in shop.datasets.values() for c in d.carried}
    assert carried >= {
        ("address", "nested"),
        ("address.required", "option"),
        ("tags.uniqueItems", "option"),
        ("email", "text"),
        ("orders", "custom"),
        ("sla.retention", "sla"),
        ("referrer", "relationship"),
        ("secret.format", "option"),
        ("customer_id", "relationship"),
        ("tenant_id", "relationship"),
        ("embedding.dimensions", "option"),
    }
    assert all(c.reason.vi and c.reason.en and c.text for d in shop.datasets.values() for c in d.carried)


def test_latency_says_when_a_delivery_is_late(shop: Catalogue) -> None:
    assert {d.expect.due for d in shop.datasets.values()} == {"PT4H"}


def test_a_loose_contract_is_read_with_remarks_instead_of_refused(readings: Dataset) -> None:
    assert readings.kind == "stream"
    assert readings.version == "1.0"
    assert readings.column("read_at").logical == "timestamp"
    assert readings.column("read_at").options["strptime"] == "%Y-%m-%d %H:%M:%S"
    assert rule(readings, "meter-required").kind == "required"
    assert rule(readings, "meter-null-values").holds
    assert rule(readings, "meter-duplicate-values").arguments["unit"] == "percent"
    assert rule(readings, "litres-range").arguments == {"min": 0}
    assert rule(readings, "kind-enum").arguments == {"values": ["cold", "hot"]}
    assert rule(readings, "litres-null-values-2").operator is not None
    assert not any(r.kind in ("pattern", "sql") for r in readings.rules)
    assert {c.type for c in readings.carried} == {"option", "library", "sql"}


def test_a_contract_written_for_another_standard_is_refused_with_the_cure(province: Write) -> None:
    other = "dataContractSpecification: 1.1.0\nid: x\nmodels: {a: {fields: {b: {type: string}}}}\n"
    compiled = load(province(bare=True, x={"datasets/x.yaml": other}))
    assert compiled.catalogue is None
    assert "PCK059" in {f.code for f in compiled.findings}


@pytest.mark.parametrize(
    ("physical", "logical"),
    [
        ("VARCHAR", "string"),
        ("varchar(18)", "string"),
        ("NVARCHAR(MAX)", "string"),
        ("character varying(3)", "string"),
        ("TEXT", "string"),
        ("UUID", "string"),
        ("char", "string"),
        ("STRING", "string"),
        ("INT", "integer"),
        ("int unsigned", "integer"),
        ("BIGINT", "integer"),
        ("int8", "integer"),
        ("INT64", "integer"),
        ("long", "integer"),
        ("serial", "integer"),
        ("NUMBER(38,0)", "integer"),
        ("NUMBER(10)", "integer"),
        ("DECIMAL(10,2)", "number"),
        ("numeric(12, 4)", "number"),
        ("NUMBER", "number"),
        ("double precision", "number"),
        ("FLOAT64", "number"),
        ("real", "number"),
        ("money", "number"),
        ("BOOL", "boolean"),
        ("boolean", "boolean"),
        ("DATE", "date"),
        ("TIMESTAMP", "timestamp"),
        ("timestamp(6) with time zone", "timestamp"),
        ("TIMESTAMP_NTZ", "timestamp"),
        ("timestamptz", "timestamp"),
        ("datetime2(7)", "timestamp"),
        ("DATETIME", "timestamp"),
        ("time", "time"),
        ("ARRAY<STRING>", "array"),
        ("text[]", "array"),
        ("STRUCT<a INT>", "object"),
        ("jsonb", "object"),
        ("RECORD", "object"),
        ("MAP<STRING,INT>", "map"),
        ("vector(384)", "vector"),
        ("bytea", "string"),
    ],
)
def test_a_physical_type_tells_the_logical_one(physical: str, logical: str) -> None:
    from tinh.packs.types import logical_type

    assert logical_type(None, physical)[0] == logical


@pytest.mark.parametrize(
    ("jdk", "form"),
    [
        ("yyyy-MM-dd", "%Y-%m-%d"),
        ("dd/MM/yyyy", "%d/%m/%Y"),
        ("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "%Y-%m-%dT%H:%M:%S%.3f%:z"),
        ("yyyyMMdd", "%Y%m%d"),
        ("hh:mm a", "%I:%M %p"),
        ("%Y/%m", "%Y/%m"),
        ("QQQ yyyy", None),
    ],
)
def test_java_date_patterns_have_a_strptime_form(jdk: str, form: str | None) -> None:
    from tinh.packs.api import strptime_of

    assert strptime_of(jdk) == form


def test_a_sql_check_that_opens_a_file_is_carried_with_a_remark(province: Write, contracts: Path) -> None:
    text = (contracts / "shop.odcs.yaml").read_text("utf-8")
    check = "{type: sql, mustBe: 0, query: \"SELECT count(*) FROM read_csv('/etc/hosts')\"}"
    text = text.replace(
        "schema:\n", "schema:\n  - {name: x, quality: [" + check + "], properties: [{name: a}]}\n", 1
    )
    compiled = load(province(bare=True, shop={"datasets/shop.odcs.yaml": text}))
    assert "PCK053" in {f.code for f in compiled.findings}
    assert compiled.catalogue is not None
    made = compiled.catalogue.datasets["web-shop-x"]
    assert {r.kind for r in made.rules} == {"type"}
    assert "read_csv" in made.carried[0].text
