"""Names that communes and districts bore before the mergers of 2019–2025, as the data files carry them."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import closing
from functools import cache

from tinh.places import records

_ALIASES = """select wardCode, wardAlias from admin_units_legacy where wardAlias is not null
 union select districtCode, districtAlias from admin_units_legacy where districtAlias is not null"""


@cache
def former_names() -> dict[str, tuple[str, ...]]:
    """Plain glued name (`huyenlongdien`, `longdien`) → codes of the units it was merged into."""
    names: dict[str, set[str]] = defaultdict(set)
    with closing(records.open_database()) as database:
        for code, aliases in database.execute(_ALIASES):
            for alias in json.loads(aliases):
                names[alias].add(code)
    return {name: tuple(sorted(codes)) for name, codes in names.items()}
