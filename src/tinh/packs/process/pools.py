"""Which process of a file runs, where several pools are drawn."""

from __future__ import annotations

from tinh.packs.process.faults import Noted
from tinh.packs.process.names import BPMN, KINDS
from tinh.packs.process.tree import Element


def chosen(root: Element, wanted: str, noted: Noted) -> Element | None:
    """The process that runs: the executable one, the one called `wanted`, the only one with steps."""
    found = root.all(BPMN, "process")
    runnable = [p for p in found if p.get("isExecutable", "true") != "false"] or found
    said = [p for p in runnable if p.get("isExecutable") == "true"]
    named = [p for p in said or runnable if p.get("id") == wanted]
    filled = [p for p in said or runnable if any(c.name in KINDS for c in p.children)]
    one = next((some[0] for some in (runnable, said, named, filled) if len(some) == 1), None)
    if one is not None:
        for other in found:
            if other is not one and any(c.name in KINDS for c in other.children):
                noted.add(
                    other.line,
                    "PCK201",
                    f"bể “{other.get('name') or other.get('id')}” chỉ để xem, không chạy",
                    f'the pool "{other.get("name") or other.get("id")}" is drawn only and does not run',
                    "không cần làm gì; muốn chạy nó thì đặt vào tệp riêng",
                    "nothing to do; to run it too, put it into a file of its own",
                    "warning",
                )
        return one
    where = runnable[1] if runnable else root
    noted.add(
        where.line,
        "PCK201",
        f"tệp có {len(runnable)} quy trình chạy được, cần đúng một"
        if runnable
        else "tệp không có quy trình nào",
        f"the file has {len(runnable)} processes to run, exactly one is needed"
        if runnable
        else "the file has no process",
        'mỗi quy trình một tệp; các bể (pool) khác đặt isExecutable="false"',
        'one file for each process; other pools get isExecutable="false"',
    )
    return None
