"""An evaluation as plain values, for JSON and for pages."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinh.insight.pilots.aggregates import Aggregate
from tinh.insight.pilots.blocks import blocks
from tinh.insight.pilots.evaluate import Evaluation
from tinh.insight.pilots.grouptime import GroupTimes
from tinh.insight.pilots.panel import NEVER


def as_dict(found: Evaluation) -> dict[str, Any]:
    """Everything found, for programs; NaN and infinity as null."""
    panel, seen = found.panel, found.trends
    never = int((panel.start == NEVER).sum())
    out: dict[str, Any] = {
        "pilot": found.pilot.id,
        "verdict": {"code": found.verdict.code, "method": found.verdict.main,
                    "says": found.verdict.says.as_dict(),
                    "reasons": [{"rule": r, "says": t.as_dict()} for r, t in found.verdict.reasons]},
        "panel": {"units": len(panel.units), "periods": len(panel.times), "first": panel.times[0],
                  "last": panel.times[-1], "treated": int(panel.treated.sum()), "never_treated": never,
                  "clusters": panel.clusters, "treated_clusters": panel.treated_clusters,
                  "starts": {panel.times[c]: int((panel.start == c).sum()) for c in panel.cohorts},
                  "missing": int(np.isnan(panel.y).sum())},
        "estimates": [{"method": e.method, "estimate": e.value, "se": e.se, "low": e.low, "high": e.high,
                       "p": e.p, "inference": e.way} for e in found.estimates],
        "pre_trends": {"periods": seen.periods, "statistic": seen.joint, "restrictions": seen.restrictions,
                       "p_joint": seen.joint_p, "drift": seen.drift, "drift_se": seen.drift_se,
                       "p_drift": seen.drift_p, "p": seen.p, "inference": seen.way},
        "minimum_detectable_effect": found.detectable,
        "path": [{"period": p, "treated": float(t), "comparison": float(c), "after": i >= found.path.start}
                 for i, (p, t, c) in enumerate(zip(found.path.periods, found.path.treated,
                                                   found.path.comparison, strict=True))],
        "events": [{"distance": e.distance, "period": e.period, "estimate": e.value, "low": e.low,
                    "high": e.high} for e in found.events],
        "notes": [n.as_dict() for n in found.notes],
    }  # fmt: skip
    if found.wild:
        out["wild_bootstrap"] = {"p": found.wild.p, "low": found.wild.low, "high": found.wild.high,
                                 "weights": found.wild.weights, "draws": found.wild.draws}  # fmt: skip
    if found.dealt:
        out["randomisation"] = {"p": found.dealt.p, "p_t": found.dealt.p_t, "least_p": found.dealt.least,
                                "draws": found.dealt.draws, "exact": found.dealt.exact}  # fmt: skip
    if found.group_time is not None:
        out["group_time"] = _groups_told(found.group_time, found.aggregates)
    if found.control is not None:
        out["synthetic_control"] = _control_told(found)
    if found.synthetic is not None:
        cut, _ = blocks(panel)
        out["synthetic_did"] = {
            "estimate": found.synthetic.value, "se": found.synthetic.se,
            "unit_weights": [
                {panel.units[int(i)]: float(w)
                 for i, w in zip(b.controls_at, s.units, strict=True) if w > 1e-6}
                for b, s in zip(cut, found.synthetic.weights, strict=True)
            ],
            "time_weights": [{panel.times[int(t)]: float(w) for t, w in zip(b.periods[: b.before], s.times,
                              strict=True) if w > 1e-6}
                             for b, s in zip(cut, found.synthetic.weights, strict=True)],
        }  # fmt: skip
    ready: dict[str, Any] = _plain(out)
    return ready


def _groups_told(groups: GroupTimes, drawn: dict[str, Aggregate]) -> dict[str, Any]:
    times, errors = groups.panel.times, groups.errors(groups.influence)
    statistic, count, p = groups.before()
    return {
        "att": [{"group": times[c.group], "time": times[c.time], "estimate": c.value,
                 "se": float(s) if c.known else None} for c, s in zip(groups.cells, errors, strict=True)],
        "pre_test": {"wald": statistic, "restrictions": count, "p": p},
        **{kind: {"estimate": a.overall, "se": a.se, "critical": a.critical,
                  "rows": [{"at": k if kind == "dynamic" else times[k], "estimate": v, "se": e}
                           for k, v, e in zip(a.keys, a.values, a.errors, strict=True)]}
           for kind, a in drawn.items()},
    }  # fmt: skip


def _control_told(found: Evaluation) -> dict[str, Any]:
    result, panel = found.control, found.panel
    assert result is not None
    return {
        "estimate": result.value, "p": result.p, "se": result.se, "placebos": len(result.placebos),
        "groups": [{
            "start": panel.times[c.block.start], "rmspe_before": c.before, "rmspe_after": c.after,
            "weights": {panel.units[int(i)]: float(w)
                        for i, w in zip(c.block.controls_at, c.weights, strict=True) if w > 1e-6},
            "importance": dict(c.importance),
            "balance": [{"predictor": n, "treated": a, "synthetic": b, "controls": m}
                        for n, a, b, m in c.balance],
            "gaps": {panel.times[int(t)]: float(g) for t, g in zip(c.block.periods, c.gaps, strict=True)},
        } for c in result.controls],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
