"""Kubernetes' quantities, as far as they must be compared (apimachinery `pkg/api/resource/quantity.go`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

GPU = "nvidia.com/gpu"
_FORM = re.compile(r"([+-]?[0-9.]+)([eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE]?)")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {f"{prefix}i": Decimal(1024) ** power for power, prefix in enumerate("KMGTPE", start=1)}


def amount(quantity: str) -> Decimal:
    """The number that a quantity means; the compiler has checked that it is one.

    Example:
        >>> amount("500m"), amount("1.5Gi") > amount("1G")
        (Decimal('0.500'), True)
    """
    found = _FORM.fullmatch(quantity)
    if found is None:
        raise ValueError(f"{quantity!r} is no quantity")
    number, suffix = found.groups()
    if suffix in _BINARY:
        return Decimal(number) * _BINARY[suffix]
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    return Decimal(number).scaleb(power)


def completed(requests: Mapping[str, str], limits: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Requests and limits as propeller completes them: a request is at most its limit (`container_helper.go`).

    Kubernetes takes no GPU without a limit; Flyte's platform limits are not known here.

    Example:
        >>> completed({"cpu": "2"}, {"cpu": "1"})
        ({'cpu': '1'}, {'cpu': '1'})
    """
    most = {**{name: value for name, value in requests.items() if name == GPU}, **limits}
    return {name: _at_most(value, most.get(name)) for name, value in requests.items()}, most


def _at_most(request: str, limit: str | None) -> str:
    return request if limit is None or amount(request) <= amount(limit) else limit
