"""The pages: the room, indicators, data, traces, sign-in; in Vietnamese and English.

Comes in: requests. Goes out: server-rendered pages that work without scripts, and an event
stream that says when data landed. Refuses: SQL and thresholds; views ask the rooms below
and turn the answers into view models, templates see nothing else.

Words stand in `words/*.yaml`, numbers and dates are shaped in `formats`, maps and lines are
drawn as SVG in `drawing`.
"""

from __future__ import annotations

from tinh.web.words import words

__all__ = ["words"]
