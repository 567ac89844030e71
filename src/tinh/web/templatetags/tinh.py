"""What templates may say and shape: words, emphasis of figures."""

from __future__ import annotations

import json
import re
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from tinh.kit.errors import sentence as whole
from tinh.web.words import words

register = template.Library()

_FIGURE = re.compile(r"(?<![\w./])\d+(?:[.,]\d+)*(?![\w/])(?:[\u00a0 ]?(?:%|µg/m³))?")


_SLASHED = re.compile(r"(?<![\d/])(?:\d{1,2}/)?\d{1,2}/\d{4}(?![\d/])")


@register.simple_tag(takes_context=True)
def t(context: dict[str, Any], key: str, **facts: Any) -> str:
    """A word in the page's language."""
    return words(context["language"])(key, **facts)


@register.filter
def figures(sentence: str) -> SafeString:
    """A sentence with its numbers set bold and its dates written as everywhere on the pages."""
    dotted = _SLASHED.sub(lambda m: m[0].replace("/", "."), sentence)
    text = _FIGURE.sub(lambda m: f"<b>{m[0]}</b>", escape(dotted))
    return mark_safe(text)


@register.filter
def sentence(text: object) -> str:
    """A refusal or its cure as a whole sentence, however its room wrote it."""
    return whole(str(text or ""))


@register.filter
def get(known: Any, key: str) -> Any:
    """What a mapping holds under a key that a template cannot spell with a dot."""
    return known.get(key, "")


@register.filter
def unlocalized(value: Any) -> str:
    """A number as machines write it, whatever the page's language."""
    return f"{value:g}" if isinstance(value, float) and abs(value) >= 1e5 else str(value)


@register.filter
def breakable(parts: str) -> SafeString:
    """A fraction that may break after its stroke where the column is narrow."""
    return mark_safe(escape(parts).replace("/", "/<wbr>"))


@register.simple_tag
def points(marks: Any) -> SafeString:
    """A chart's points for its script, as inert JSON."""
    data = [{"x": m.x, "y": m.y, "label": m.label, "text": m.text} for m in marks]
    safe = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return format_html('<script type="application/json">{}</script>', mark_safe(safe))
