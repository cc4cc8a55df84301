"""Unions and Optional: each variant carries its transformer's name as a tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralType, Scalar, TypeStructure, Union, UnionType
from jetbridge.types.binary import binary_value
from jetbridge.types.casting import same_essence
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type, to_literal, to_python
from jetbridge.types.fits import fits
from jetbridge.types.lookup import plain_type, transformer_for
from jetbridge.types.naming import literal_kind, mismatch, short, type_name


def union_type(variants: Sequence[object], types: Sequence[LiteralType]) -> LiteralType:
    """The union of types, each tagged with the transformer of its Python type.

    Raises:
        TypeTransformError: two of them are the same in FlyteIDL, so that no value could say which one it is.
    """
    pairs = zip(variants, types, strict=True)
    tagged = [_tagged(declared, transformer_for(plain_type(variant)).name) for variant, declared in pairs]
    for at, declared in enumerate(tagged):
        if declared in tagged[:at]:
            first = variants[tagged.index(declared)]
            raise TypeTransformError(
                f"{type_name(first)} and {type_name(variants[at])} in a union have the same FlyteIDL type",
                hint="Declare only one of them, or give them fields that differ.",
            )
    return LiteralType(union_type=UnionType(variants=tagged))


def _tagged(declared: LiteralType, tag: str) -> LiteralType:
    tagged = LiteralType()
    tagged.CopyFrom(declared)
    tagged.structure.CopyFrom(TypeStructure(tag=tag))
    return tagged


@dataclass(frozen=True, slots=True)
class UnionTransformer:
    """`Union[A, B]`, `A | B` and `Optional[A]`."""

    name: str = "Typed Union"

    def literal_type(self, python_type: object) -> LiteralType:
        variants = get_args(python_type)
        return union_type(variants, [literal_type(variant) for variant in variants])

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        variants = get_args(python_type)
        if len(declared.union_type.variants) != len(variants):
            declared = self.literal_type(python_type)
        pairs = list(zip(variants, declared.union_type.variants, strict=True))
        own = [pair for pair in pairs if plain_type(pair[0]) is type(value)]
        found = [
            (variant, Union(value=literal, type=stored))
            for variant, stored in own or pairs
            if (literal := _attempt_write(context, value, variant, stored)) is not None
        ]
        if not found:
            raise mismatch(python_type, value)
        if len(found) > 1:
            raise _ambiguous(f"value {short(value)}", python_type, [variant for variant, _ in found])
        return Literal(scalar=Scalar(union=found[0][1]))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if literal.scalar.HasField("union"):
            stored, literal = literal.scalar.union.type, literal.scalar.union.value
            candidates = _by_type(stored, get_args(python_type))
        else:
            candidates = _by_value(literal, get_args(python_type))
        return _read_one(context, literal, python_type, candidates)


def _attempt_write(context: TransformContext, value: object, variant: object, declared: LiteralType) -> Literal | None:
    try:
        return to_literal(context, value, variant, declared)
    except TypeTransformError:
        return None


def _by_type(stored: LiteralType, variants: tuple[object, ...]) -> list[object]:
    """The variants that a union literal was written with: same tag, same type, and the same schema if any has it."""
    tag = stored.structure.tag
    tagged = [each for each in variants if not tag or transformer_for(plain_type(each)).name == tag]
    if len(tagged) == 1:
        return tagged
    alike = [each for each in tagged if same_essence(stored, literal_type(each))]
    equal = [each for each in alike if literal_type(each).metadata == stored.metadata]
    return equal or alike or tagged


def _by_value(literal: Literal, variants: tuple[object, ...]) -> list[object]:
    """The variants that a plain literal fits without conversion, or all."""
    if literal.scalar.HasField("binary"):
        own = type(binary_value(literal))
        same = [each for each in variants if own in _PLAIN and plain_type(each) is own]
        return same or list(variants)
    fitting = [each for each in variants if fits(literal, literal_type(each))]
    return fitting or list(variants)


def _read_one(context: TransformContext, literal: Literal, python_type: object, candidates: list[object]) -> object:
    found: list[tuple[object, object]] = []
    for variant in candidates:
        try:
            found.append((variant, to_python(context, literal, variant)))
        except TypeTransformError:
            continue
    own = [(variant, value) for variant, value in found if plain_type(variant) is type(value)]
    found = own if len(own) == 1 else found
    if not found:
        raise TypeTransformError(
            f"expected a literal for {type_name(python_type)}, got {literal_kind(literal)}",
            hint="None of the union's variants can hold it: check the declared type of the producer.",
        )
    if len(found) > 1:
        raise _ambiguous(literal_kind(literal), python_type, [variant for variant, _ in found])
    return found[0][1]


def _ambiguous(what: str, python_type: object, variants: list[object]) -> TypeTransformError:
    names = ", ".join(type_name(variant) for variant in variants)
    return TypeTransformError(
        f"{what} fits several variants of {type_name(python_type)}: {names}",
        hint="Declare variants that differ in more than their names, or only one of them.",
    )


_PLAIN = (int, float, str, bool, type(None))
UNION = UnionTransformer()
