"""Durations and points in time as text."""

from __future__ import annotations

import re
from decimal import Decimal

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from jetbridge.errors import TypeTransformError
from jetbridge.types.naming import short

_NANOS = 10**9
_LONGEST = 315_576_000_000
"""Seconds in FlyteIDL's longest duration, 10,000 years (google/protobuf/duration.proto)."""


def parse_duration(text: str) -> Duration:
    """A duration.

    Args:
        text: `90s`, `1h30m`, `1.5h`, `500ms`, `1:30:00`, or ISO 8601 (`PT1H30M`); a leading `-` makes it negative.

    Raises:
        TypeTransformError: the text is none of these.
    """
    bare = text.strip()
    sign = -1 if bare.startswith("-") else 1
    seconds = _seconds(bare.lstrip("+-"))
    if seconds is None or seconds > _LONGEST:
        raise TypeTransformError(
            f"expected timedelta, got the text {short(text)}", hint="Write it as 90s, 1h30m, 1:30:00 or PT1H30M."
        )
    duration = Duration()
    duration.FromNanoseconds(sign * int(seconds * _NANOS))
    return duration


def _seconds(text: str) -> Decimal | None:
    for pattern in (_UNITS, _CLOCK, _ISO):
        match = pattern.fullmatch(text)
        if match is not None and any(match.groups()):
            parts = match.groupdict()
            return sum((Decimal(parts[name] or 0) * size for name, size in _SIZES.items() if name in parts), Decimal(0))
    return None


def parse_datetime(text: str) -> Timestamp:
    """A point in time; without an offset it is taken for UTC.

    Args:
        text: ISO 8601 or RFC 3339, such as `2026-01-31`, `2026-01-31T08:00` or `2026-01-31T08:00:00.5+02:00`.

    Raises:
        TypeTransformError: the text is no date.
    """
    from datetime import datetime

    try:
        if _NANO_FRACTION.search(text):
            return _rfc3339(text)
        stamp = Timestamp()
        stamp.FromDatetime(datetime.fromisoformat(text))
        return stamp
    except (ValueError, OverflowError) as error:
        raise TypeTransformError(
            f"expected datetime, got the text {short(text)}", hint="Write it in ISO 8601, such as 2026-01-31T08:00:00Z."
        ) from error


def _rfc3339(text: str) -> Timestamp:
    stamp = Timestamp()
    stamp.FromJsonString(text)
    return stamp


_NUMBER = r"\d+(?:\.\d+)?"
_UNITS = re.compile(
    rf"(?:(?P<d>{_NUMBER})d)?(?:(?P<h>{_NUMBER})h)?(?:(?P<m>{_NUMBER})m)?(?:(?P<s>{_NUMBER})s)?"
    rf"(?:(?P<ms>{_NUMBER})ms)?(?:(?P<us>{_NUMBER})[uµ]s)?(?:(?P<ns>{_NUMBER})ns)?"
)
_CLOCK = re.compile(r"(?:(?P<d>\d+) days?, )?(?P<h>\d+):(?P<m>[0-5]?\d)(?::(?P<s>[0-5]?\d(?:\.\d+)?))?")
_ISO = re.compile(
    rf"P(?:(?P<w>{_NUMBER})W)?(?:(?P<d>{_NUMBER})D)?"
    rf"(?:T(?:(?P<h>{_NUMBER})H)?(?:(?P<m>{_NUMBER})M)?(?:(?P<s>{_NUMBER})S)?)?"
)
_SIZES = {
    "w": Decimal(604_800),
    "d": Decimal(86_400),
    "h": Decimal(3600),
    "m": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("0.001"),
    "us": Decimal("0.000001"),
    "ns": Decimal("0.000000001"),
}
_NANO_FRACTION = re.compile(r"\.\d{7,9}")
