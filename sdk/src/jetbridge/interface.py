"""The typed interface of a task or workflow, read from a function's annotations."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any

from jetbridge.errors import JetbridgeError, TypeTransformError
from jetbridge.idl import LiteralType, TypedInterface
from jetbridge.record import Record
from jetbridge.types import literal_type


class NoDefault:
    """The default of an input that must be given."""


NO_DEFAULT = NoDefault()


class Variable(Record):
    """One input or output: its Python type, and its default if it has one."""

    python_type: Any
    default: object = NO_DEFAULT

    @property
    def required(self) -> bool:
        """Whether the author gave no default."""
        return self.default is NO_DEFAULT

    @property
    def optional(self) -> bool:
        """Whether None is a value of the type."""
        return type(None) in typing.get_args(self.python_type)


class Interface(Record):
    """Inputs and outputs in the author's order.

    Attributes:
        output_tuple: The NamedTuple class of the outputs, where the author declared one.
        several_outputs: Whether the function returns a tuple (even of one).
    """

    inputs: Mapping[str, Variable]
    outputs: Mapping[str, Variable]
    output_tuple: type | None = None
    several_outputs: bool = False


def interface_of(function: Callable[..., object]) -> Interface:
    """The interface of a function.

    Raises:
        TypeTransformError: an input has no annotation, or an annotation names something unknown.

    Example:
        >>> def double(n: int = 2) -> int: ...
        >>> interface_of(double).inputs
        {'n': Variable(python_type=<class 'int'>, default=2)}
    """
    hints = _hints(function)
    parameters = inspect.signature(function).parameters.values()
    inputs = {parameter.name: _input(function, parameter, hints) for parameter in parameters}
    outputs, output_tuple, several = _outputs(function, hints.get("return", type(None)))
    return Interface(inputs, outputs, output_tuple, several)


def _hints(function: Callable[..., object]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise TypeTransformError(
            f"an annotation of {function.__name__!r} names something unknown: {error}",
            hint="Import the name in the module of the function, outside `if TYPE_CHECKING:`.",
        ) from error
    except (AttributeError, SyntaxError, TypeError) as error:
        raise TypeTransformError(
            f"an annotation of {function.__name__!r} is no type: {error}", hint="Write types that Python can evaluate."
        ) from error


def _input(function: Callable[..., object], parameter: inspect.Parameter, hints: dict[str, Any]) -> Variable:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise TypeTransformError(
            f"{function.__name__!r} takes *{parameter.name}, which has no fixed type",
            hint="Declare each input by name, or take one list or dict.",
        )
    if parameter.kind is parameter.POSITIONAL_ONLY:
        raise TypeTransformError(
            f"input {parameter.name!r} of {function.__name__!r} can only be given by position",
            hint="Inputs are passed by name: remove the `/`.",
        )
    if parameter.name not in hints:
        raise TypeTransformError(
            f"input {parameter.name!r} of {function.__name__!r} has no type annotation",
            hint=f"Write its type: `{parameter.name}: int`.",
        )
    default = NO_DEFAULT if parameter.default is parameter.empty else parameter.default
    return Variable(hints[parameter.name], default)


def _outputs(function: Callable[..., object], hint: Any) -> tuple[dict[str, Variable], type | None, bool]:
    if hint is type(None):
        return {}, None, False
    if _is_named_tuple(hint):
        fields = _hints(hint)
        untyped = [name for name in hint._fields if name not in fields]
        if untyped:
            raise TypeTransformError(
                f"field {untyped[0]!r} of {hint.__name__!r}, which {function.__name__!r} returns, has no type",
                hint="Declare a `typing.NamedTuple` with a type for each field.",
            )
        return {name: Variable(python_type) for name, python_type in fields.items()}, hint, True
    if typing.get_origin(hint) is tuple:
        return _tuple_outputs(function, typing.get_args(hint)), None, True
    return {"o0": Variable(hint)}, None, False


def _is_named_tuple(hint: object) -> bool:
    return isinstance(hint, type) and tuple in hint.__mro__ and "_fields" in vars(hint)


def _tuple_outputs(function: Callable[..., object], elements: tuple[Any, ...]) -> dict[str, Variable]:
    if Ellipsis in elements:
        raise TypeTransformError(
            f"{function.__name__!r} returns a tuple of unknown length",
            hint="Return a list, or name the type of each element.",
        )
    return {f"o{index}": Variable(element) for index, element in enumerate(elements)}


def typed_interface(interface: Interface) -> TypedInterface:
    """The interface as FlyteIDL has it. Raises `TypeTransformError` naming every variable whose type has no literal."""
    result = TypedInterface()
    result.inputs.SetInParent()
    result.outputs.SetInParent()
    failures = [
        *_fill(interface.inputs, result.inputs.variables, "input"),
        *_fill(interface.outputs, result.outputs.variables, "output"),
    ]
    if failures:
        raise TypeTransformError("\n".join(error.message for error in failures), hint=failures[0].hint)
    return result


def _fill(variables: Mapping[str, Variable], target: Any, kind: str) -> list[JetbridgeError]:
    failures: list[JetbridgeError] = []
    for name, variable in variables.items():
        try:
            target[name].type.CopyFrom(_literal_type(variable))
            target[name].description = name
        except TypeTransformError as error:
            failures.append(TypeTransformError(f"{kind} {name!r}: {error.message}", hint=error.hint))
    return failures


def _literal_type(variable: Variable) -> LiteralType:
    return literal_type(variable.python_type)
