"""What is to be known of how an index was made: experts, treatment, rankings without proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinh.cli.output import console, say

if TYPE_CHECKING:
    from tinh.insight import api as insight


def remarks(builder: insight.Builder, built: insight.Built) -> None:
    """On standard error, so that the table stays a table."""
    _consistencies(builder)
    for node, share in built.unproven:
        console(err=True).print(_unproven(node, share))
    for step in built.steps:
        if step.moved or step.transformed:
            console(err=True).print(_treated(step))


def consistent(builder: insight.Builder) -> tuple[insight.Consistency, ...]:
    from tinh.insight import api as insight

    how = builder.index.method.weights
    return insight.consistency(builder.tree, how) if how.kind == "ahp" else ()


def _consistencies(builder: insight.Builder) -> None:
    """What the experts' comparisons are worth: Saaty's ratio, and a word where it is 0.1 or more."""
    for one in consistent(builder):
        if one.ratio is None:
            continue
        doubtful = one.ratio >= 0.1
        console(err=True).print(
            say(
                f"{one.node}, chuyên gia {one.expert}: tỷ số nhất quán {one.ratio:.3f}"
                + (" – từ 0,1 trở lên là các so sánh mâu thuẫn nhau" if doubtful else ""),
                f"{one.node}, expert {one.expert}: consistency ratio {one.ratio:.3f}"
                + (" – from 0.1 on the comparisons contradict each other" if doubtful else ""),
            )
        )


def _unproven(node: str, share: float) -> str:
    """That a ranking may not be the best, and how far from it at most."""
    least = int(share * 1000) / 10
    return say(
        f"{node}: chưa chứng minh được đây là thứ hạng tốt nhất; nó được ít nhất {least:g} % mức ủng hộ"
        " cao nhất có thể có",
        f"{node}: not proven to be the best ranking; it has at least {least:g} % of the most support"
        " there can be",
    )


def _treated(step: Any) -> str:
    done = (
        say("biến đổi", "transformed")
        if step.transformed
        else say(f"kéo vào {step.moved} điểm", f"{step.moved} points winsorised")
    )
    return f"{step.element}: {done} (skew {step.skew:.2f} → {step.skew_after:.2f})"
