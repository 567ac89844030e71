"""Privileges: the account that asks the database may add to the log and read it, and nothing else."""

from __future__ import annotations

from typing import Any

import psycopg

LOG = ("axis_entry", "axis_batch", "axis_stamp")


def close_log(cursor: Any, account: str) -> None:
    """Take from `account` what it was given on all tables and does not need on these."""
    who = psycopg.sql.Identifier(account)
    for table in LOG:
        cursor.execute(
            psycopg.sql.SQL("revoke update, delete, truncate on {} from {}")
            .format(psycopg.sql.Identifier(table), who)
            .as_string()
        )
