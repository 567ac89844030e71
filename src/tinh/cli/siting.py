"""Verbs over sitings: which places to open so that most people are reached for the money."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tinh.cli.output import console, figure, options, print_json, print_table, say, wants_json
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
            named = say(*_STEPS.get(step, (step, step)))
            status.update(f"{named} · {figure(value, ',.6g')} · {figure(bound, ',.6g')}")

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
                figure(s.cost, "g"),
                "" if s.gain is None else figure(s.gain, ",.6g"),
                figure(s.alone, ",.6g"),
                figure(s.reached, ",.6g"),
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
                (
                    p.phase,
                    p.sites,
                    figure(p.cost, "g"),
                    figure(p.value, ",.10g"),
                    figure(p.bound, ",.10g"),
                    figure(p.gap, ".3%"),
                )
                for p in plan.phases
            ],
        )


def sentence(plan: SitingPlan) -> str:
    """The answer in one sentence."""
    gap, value = figure(plan.gap, ".3%"), figure(plan.value, ",.10g")
    proof = say(
        "đã chứng minh là tốt nhất" if plan.gap == 0 else f"cách phương án tốt nhất không quá {gap}",
        "proven best" if plan.gap == 0 else f"within {gap} of the best, proven",
    )
    many = len(plan.sites)
    if plan.goal == "median":
        mean = figure(plan.mean_distance or 0, ",.6g")
        return say(
            f"{many} vị trí, khoảng cách trung bình {mean} (tổng {value}); {proof}.",
            f"{many} sites, mean distance {mean} (total {value}); {proof}.",
        )
    share = figure(plan.reached / plan.total if plan.total else 0.0, ".2%")
    more = figure(plan.reached - plan.before, ",.10g")
    if plan.goal == "cover-all":
        return say(
            f"{many} vị trí, chi phí {value}, phục vụ {share}; {proof}.",
            f"{many} sites at a cost of {value} serve {share}; {proof}.",
        )
    return say(
        f"{many} vị trí mới phục vụ {share} ({value}), thêm {more}; {proof}.",
        f"{many} new sites reach {share} ({value}), {more} more; {proof}.",
    )


COMMANDS = (siting,)
