"""A type with a transformer of the user's own."""

from typing import Type

from flytekit import FlyteContext, Literal, LiteralType, task, workflow
from flytekit.extend import TypeEngine, TypeTransformer
from flytekit.models.literals import Primitive, Scalar
from flytekit.models.types import SimpleType


class Mass:
    def __init__(self, grams: int) -> None:
        self.grams = grams


class MassTransformer(TypeTransformer[Mass]):
    def __init__(self) -> None:
        super().__init__(name="mass", t=Mass)

    def get_literal_type(self, t: Type[Mass]) -> LiteralType:
        return LiteralType(simple=SimpleType.INTEGER)

    def to_literal(self, ctx: FlyteContext, value: Mass, python_type: Type[Mass], expected: LiteralType) -> Literal:
        return Literal(scalar=Scalar(primitive=Primitive(integer=value.grams)))

    def to_python_value(self, ctx: FlyteContext, lv: Literal, expected_python_type: Type[Mass]) -> Mass:
        return Mass(lv.scalar.primitive.integer)


TypeEngine.register(MassTransformer())


@task
def weigh(grams: int) -> Mass:
    return Mass(grams)


@task
def heavier(mass: Mass) -> int:
    return mass.grams * 2


@workflow
def own_type(grams: int = 3700) -> int:
    return heavier(mass=weigh(grams=grams))
