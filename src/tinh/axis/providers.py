"""Who answers services, by kind: `lake:…`, `proxy:…`. Other rooms hand them in."""

from __future__ import annotations

from collections.abc import Callable

from tinh.axis.errors import ProviderMissing
from tinh.axis.exchange import Provider

_factories: dict[str, Callable[[str], Provider]] = {}


def provide(kind: str, factory: Callable[[str], Provider]) -> None:
    """`factory(reference)` gives the provider of services whose `provider` is `kind:reference`; it is
    asked for each exchange, so it should keep what is dear to make."""
    _factories[kind] = factory


def provider_of(service: str, provider: str) -> Provider:
    kind, _, reference = provider.partition(":")
    factory = _factories.get(kind)
    if factory is None:
        raise ProviderMissing(service=service, provider=provider)
    return factory(reference)
