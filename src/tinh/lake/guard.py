"""Which SQL of other people may run: one SELECT over the datasets it names, nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import duckdb

from tinh.lake.errors import QueryFailed, QueryRefused

_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree", "repeat"})
_SCALARS = frozenset(
    {"current_setting", "getvariable", "nextval", "currval", "txid_current", "write_log", "set_config"}
)


def check(cursor: duckdb.DuckDBPyConnection, sql: str, datasets: Collection[str]) -> None:
    """Raise unless `sql` is one SELECT that reads `datasets` only."""
    names = ", ".join(sorted(datasets)) or "—"

    def refuse(vi: str, en: str) -> QueryRefused:
        return QueryRefused(reason=vi, reason_en=en, datasets=names)

    try:
        statements = cursor.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryFailed(reason=str(error).split("\n\nLINE")[0].strip()) from error
    if len(statements) != 1:
        raise refuse(f"có {len(statements)} câu lệnh", f"it holds {len(statements)} statements")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise refuse("đây không phải câu SELECT", "it is not a SELECT")
    rows = cursor.execute("SELECT json_serialize_sql(?)", [statements[0].query]).fetchall()
    tree = json.loads(rows[0][0])
    if tree.get("error"):
        raise refuse("không phân tích được câu lệnh", "it could not be parsed into a tree")
    allowed = {name.lower() for name in datasets}
    _walk(tree, allowed, refuse)


def _walk(node: Any, allowed: set[str], refuse: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _walk(item, allowed, refuse)
        return
    if not isinstance(node, dict):
        return
    named = node.get("cte_map")
    if isinstance(named, dict):
        allowed = allowed | {str(entry.get("key", "")).lower() for entry in named.get("map", ())}
    if node.get("type") == "RECURSIVE_CTE_NODE":
        allowed = allowed | {str(node.get("cte_name", "")).lower()}
    kind = node.get("type")
    if kind == "BASE_TABLE":
        path = (node.get("qualified_name") or {}).get("path") or [node.get("table_name")]
        if len(path) != 1 or str(path[0]).lower() not in allowed:
            shown = ".".join(str(p) for p in path)
            raise refuse(f"không có bộ dữ liệu “{shown}”", f"there is no dataset “{shown}”")
    elif kind == "TABLE_FUNCTION":
        name = _function(node.get("function") or {})
        if name not in _TABLE_FUNCTIONS:
            raise refuse(f"không được dùng hàm bảng “{name}”", f"the table function “{name}” may not be used")
    elif kind == "SHOW_REF":
        raise refuse("đây không phải câu SELECT", "it is not a SELECT")
    if node.get("class") == "FUNCTION" and (name := _function(node)) in _SCALARS:
        raise refuse(f"không được dùng hàm “{name}”", f"the function “{name}” may not be used")
    for key, item in node.items():
        if key == "function" and kind == "TABLE_FUNCTION":
            _walk(item.get("arguments", []), allowed, refuse)
        else:
            _walk(item, allowed, refuse)


def _function(node: dict[str, Any]) -> str:
    return str(node.get("function_name", "")).lower()
