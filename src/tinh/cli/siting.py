"""Verbs over sitings: which places to open so that most people are reached for the money."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tinh.cli.output import console, options, print_json, print_table, say, wants_json
from tinh.cli.tables import write_table

if TYPE_CHECKING:
    from tinh.insight.api import SitingPlan


@click.group()
@options
def siting() -> None:
    """Sites that reach most people for the money, with a proven gap."""


@siting.command("solve")
@click.argument("spec", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The sites, as CSV.")
@click.option(
    "--points",
    type=click.Path(path_type=Path, dir_okay=False),
    help="How each point of demand is served, as CSV.",
)
@click.option(
    "--time-limit", type=click.FloatRange(min=0, min_open=True), help="Seconds (60, or the spec's)."
)
@click.option(
    "--gap",
    type=click.FloatRange(min=0, max=1, max_open=True),
    help="Gap at which to stop, 0.005 for 0.5 % (0: the proven optimum).",
)
@click.option("--seed", type=click.IntRange(min=0), help="Of the local search.")
@options
def solve(
    spec: Path,
    output: Path | None,
    points: Path | None,
    time_limit: float | None,
    gap: float | None,
    seed: int | None,
) -> int:
    """Solve SPEC.yaml: maximal covering, set covering or p-median.

    Leaves with 1 when the time ran out before the wanted gap was proven.
    """
    from tinh.insight.api import points_table, read_case, read_spec, sites_table, solve_case

    asked = read_spec(spec)
    given: dict[str, Any] = {"time_limit": time_limit, "gap": gap, "seed": seed}
    asked = asked.model_copy(update={k: v for k, v in given.items() if v is not None})
    case = read_case(asked, spec.parent)
    with console(err=True).status(say("đang tính…", "solving…")) as status:

        def tell(step: str, value: float, bound: float) -> None:
            status.update(
                f"{_STEPS.get(step, (step, step))[say('', 'x') == 'x']} · {value:,.6g} · {bound:,.6g}"
            )

        plan = solve_case(case, tell)
    if output is not None:
        write_table(sites_table(plan), output)
    if points is not None:
        write_table(points_table(case, plan), points)
    if wants_json():
        print_json(plan.as_dict())
    else:
        _tell(plan)
    return int(plan.state == "time_limit")


_STEPS = {
    "floor": ("tham lam", "greedy"),
    "bound": ("cận trên", "bound"),
    "local search": ("tìm quanh", "local search"),
    "exact": ("giải chính xác", "exact"),
    "phases": ("các giai đoạn", "phases"),
}


def _tell(plan: SitingPlan) -> None:
    click.echo(sentence(plan))
    print_table(
        (
            say("Thứ tự", "Order"),
            say("Giai đoạn", "Phase"),
            say("Vị trí", "Site"),
            say("Chi phí", "Cost"),
            say("Thêm", "Gain"),
            say("Chỉ nó", "Alone"),
            say("Cộng dồn", "So far"),
        ),
        [
            (
                s.order,
                s.phase,
                s.name,
                f"{s.cost:g}",
                "" if s.gain is None else f"{s.gain:,.6g}",
                f"{s.alone:,.6g}",
                f"{s.reached:,.6g}",
            )
            for s in plan.sites
        ],
    )
    if len(plan.phases) > 1:
        print_table(
            (
                say("Giai đoạn", "Phase"),
                say("Vị trí", "Sites"),
                say("Chi phí", "Cost"),
                say("Đạt", "Value"),
                say("Cận", "Bound"),
                say("Khoảng cách", "Gap"),
            ),
            [
                (p.phase, p.sites, f"{p.cost:g}", f"{p.value:,.10g}", f"{p.bound:,.10g}", f"{p.gap:.3%}")
                for p in plan.phases
            ],
        )


def sentence(plan: SitingPlan) -> str:
    """The answer in one sentence."""
    proof = say(
        "đã chứng minh là tốt nhất" if plan.gap == 0 else f"cách phương án tốt nhất không quá {plan.gap:.3%}",
        "proven best" if plan.gap == 0 else f"within {plan.gap:.3%} of the best, proven",
    )
    many = len(plan.sites)
    if plan.goal == "median":
        mean = f"{plan.mean_distance or 0:,.6g}"
        return say(
            f"{many} vị trí, khoảng cách trung bình {mean} (tổng {plan.value:,.10g}); {proof}.",
            f"{many} sites, mean distance {mean} (total {plan.value:,.10g}); {proof}.",
        )
    share = plan.reached / plan.total if plan.total else 0.0
    more = plan.reached - plan.before
    if plan.goal == "cover-all":
        return say(
            f"{many} vị trí, chi phí {plan.value:,.10g}, phục vụ {share:.2%}; {proof}.",
            f"{many} sites at a cost of {plan.value:,.10g} serve {share:.2%}; {proof}.",
        )
    return say(
        f"{many} vị trí mới phục vụ {share:.2%} ({plan.value:,.10g}), thêm {more:,.10g}; {proof}.",
        f"{many} new sites reach {share:.2%} ({plan.value:,.10g}), {more:,.10g} more; {proof}.",
    )


COMMANDS = (siting,)
