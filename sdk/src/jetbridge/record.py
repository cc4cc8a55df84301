"""Frozen data classes that cost a task's process little.

`@dataclass(frozen=True)` writes and compiles source text for the methods of each class: half a millisecond each, a
quarter of all the CPU time of a trivial task. Here the methods are written once, for all.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, ClassVar, NoReturn, cast, dataclass_transform


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record:
    """The base of a frozen data class. All of `dataclasses` works with it: `field`, `replace`, `fields`, `asdict`.

    Example:
        >>> class Point(Record):
        ...     x: int
        ...     y: int = 0
        >>> Point(1), Point(1) == Point(x=1, y=0), Point(1) == (1, 0)
        (Point(x=1, y=0), True, False)
    """

    _fields: ClassVar[tuple[Field[Any], ...]] = ()

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
        cls._fields = fields(cast("Any", cls))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(_values(type(self), self.__match_args__, self._fields, args, kwargs))
        self.__post_init__()

    def __post_init__(self) -> None:
        """Checks the fields, where a class has something to check."""

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        shown = [f"{each.name}={getattr(self, each.name)!r}" for each in self._fields if each.repr]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    __match_args__: ClassVar[tuple[str, ...]] = ()


def _values(
    cls: type,
    positional: tuple[str, ...],
    declared: tuple[Field[Any], ...],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> dict[str, object]:
    """The value of each field, in the order of the fields. Raises `TypeError` for a call that does not fit them."""
    given = {**dict(zip(positional, args, strict=False)), **kwargs}
    values = {each.name: given[each.name] if each.name in given else _default(cls, each) for each in declared}
    if len(args) + len(kwargs) > len(given) or given.keys() - values.keys():
        named = ", ".join(each.name for each in declared)
        raise TypeError(f"{cls.__qualname__}() takes {named}, each once; got {args!r} and {kwargs!r}")
    return values


def _default(cls: type, declared: Field[Any]) -> object:
    if declared.default is not MISSING:
        return declared.default
    if declared.default_factory is not MISSING:
        return declared.default_factory()
    raise TypeError(f"{cls.__qualname__}() misses the argument {declared.name!r}")
