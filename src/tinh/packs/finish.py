"""The last step of a dataset: rules that need other datasets, and the words of its rules."""

from __future__ import annotations

from dataclasses import replace

from tinh.kit import expr
from tinh.kit.errors import Text
from tinh.packs.agreeing import compared
from tinh.packs.block import RuleEntry
from tinh.packs.contract import Draft
from tinh.packs.findings import Faults, Keys
from tinh.packs.indicators import checked
from tinh.packs.links import follow
from tinh.packs.models import Dataset, Rule
from tinh.packs.resolve import Register
from tinh.packs.words import Wordbook, both


def finish(draft: Draft, drafts: Register[Draft], words: Wordbook, faults: Faults) -> Dataset:
    """The dataset with every rule it will be judged by."""
    dataset, book = draft.dataset, draft.book
    addresses = [replace(d.address, dataset=final) for final, d in drafts.items.items()]
    for pending in draft.pending:
        follow(pending, dataset.id, book, addresses, faults, draft.document)
    taken = {r.id for r in book.rules}
    for i, entry in enumerate(draft.block.rules):
        path: Keys = (*draft.block_path, "rules", i)
        if entry.id in taken:
            faults.add(
                draft.document,
                (*path, "id"),
                "PCK024",
                Text(f"quy tắc “{entry.id}” đã có", f'the rule "{entry.id}" already stands'),
                Text("đổi mã quy tắc", "change the rule's id"),
            )
            continue
        taken.add(entry.id)
        _declared(entry, path, draft, drafts, faults)
    short = draft.address.dataset
    rules = tuple(_worded(rule, words.inner(short, "rules", rule.id)) for rule in book.rules)
    return dataset.model_copy(update={"rules": rules, "carried": tuple(book.carried)})


def _worded(rule: Rule, found: dict[str, str]) -> Rule:
    return rule.model_copy(update={"says": both(found, rule.says)}) if found else rule


def _declared(entry: RuleEntry, path: Keys, draft: Draft, drafts: Register[Draft], faults: Faults) -> None:
    """A rule of the `tinh` block."""
    book, dataset, document = draft.book, draft.dataset, draft.document
    holds = entry.score == "correct"
    names = [c.name for c in dataset.columns]
    if entry.expression:
        text = checked(entry.expression, dataset, document, (*path, "expression"), faults)
        if text is not None:
            used = tuple(n for n in names if n in expr.parse(text).names)
            book.add(
                entry.id,
                "expression",
                used,
                {"text": text},
                holds=holds,
                severity=entry.severity,
                score=entry.score,
            )
    elif entry.reference is not None:
        reference = entry.reference
        final = drafts.find(dataset.pack, reference.dataset)
        if reference.column not in names:
            faults.unknown(document, (*path, "reference", "column"), "PCK032", reference.column, names)
        if final is None:
            known = drafts.known(dataset.pack)
            faults.unknown(document, (*path, "reference", "dataset"), "PCK031", reference.dataset, known)
            return
        others = [c.name for c in drafts.items[final].dataset.columns]
        if reference.to not in others:
            faults.unknown(document, (*path, "reference", "to"), "PCK032", reference.to, others)
        book.add(
            entry.id,
            "reference",
            (reference.column,),
            {"dataset": final, "column": reference.to},
            holds=holds,
            severity=entry.severity,
            score=entry.score,
            words={"name": drafts.items[final].dataset.name},
        )
    elif entry.agree is not None or entry.adds_up is not None:
        compared(entry, path, draft, drafts, faults)
    elif entry.drift is not None:
        drift = entry.drift
        column = next((c for c in dataset.columns if c.name == drift.column), None)
        if column is None:
            faults.unknown(document, (*path, "drift", "column"), "PCK032", drift.column, names)
        elif column.logical not in ("number", "integer"):
            faults.add(
                document,
                (*path, "drift", "column"),
                "PCK044",
                Text(f"cột “{drift.column}” không phải số", f'the column "{drift.column}" is not a number'),
                Text("chọn cột số", "choose a numeric column"),
            )
        book.add(
            entry.id,
            "drift",
            (drift.column,),
            {"tolerance": drift.tolerance},
            holds=holds,
            severity=entry.severity,
            score=entry.score,
        )
