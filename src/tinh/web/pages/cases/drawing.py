"""The diagram on a case's page: drawn by bpmn-js where there is JavaScript, a plain list of steps for all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tinh.cases import api as cases
from tinh.people import api as people
from tinh.web.shell import signed_in


def diagram(case: Any, language: str) -> dict[str, Any] | None:
    """What `cases/_diagram.html` needs; None for a case whose process is not kept."""
    found = cases.drawing(case)
    if found is None:
        return None
    return {
        "template": "cases/_diagram.html", "name": found.process.in_(language), "language": language,
        "address": f"{reverse('case-diagram', args=[case.code])}?v={found.digest[:12]}",
        "waiting": " ".join(found.waiting),
        "passed": " ".join(n for n in found.passed if n not in found.waiting),
        "steps": [
            {"name": s.name.in_(language), "status": s.status, "times": s.times if s.times > 1 else 0}
            for s in found.steps
        ],
    }  # fmt: skip


@signed_in
@require_safe
def diagram_file(request: HttpRequest, code: str) -> HttpResponse:
    """The BPMN file of a case's process, with a drawing."""
    who = people.require_anywhere(people.actor_of(request), "read cases")
    response = HttpResponse(cases.diagram(code, who), content_type="application/xml; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{code}.bpmn"'
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
