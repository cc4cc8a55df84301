"""Workflow inputs as Params and as the conf of a run."""

from __future__ import annotations

import math

import pytest

from jetbridge.errors import TranslationError, UsageError
from jetbridge.idl import Binary, EnumType, Literal, LiteralMap, LiteralType, Primitive, Scalar, SimpleType, UnionType
from jetbridge_translators.airflow.expressions import Call
from jetbridge_translators.airflow.params import configuration, context_names, params
from jetbridge_translators.airflow.schema import json_schema
from jetbridge_translators.plan.model import Input
from tests.translators.airflow.plans import INTEGER, STRING, STRUCT, integer, string

FLOAT = LiteralType(simple=SimpleType.FLOAT)
NONE = LiteralType(simple=SimpleType.NONE)
BROKEN = Literal(scalar=Scalar(binary=Binary(value=b"\xc1", tag="msgpack")))


def union(*variants: LiteralType) -> LiteralType:
    return LiteralType(union_type=UnionType(variants=variants))


@pytest.mark.parametrize(
    ("declared", "schema"),
    [
        (INTEGER, {"type": "integer"}),
        (LiteralType(simple=SimpleType.DATETIME), {"type": "string", "format": "date-time"}),
        (LiteralType(simple=SimpleType.BINARY), {}),
        (LiteralType(enum_type=EnumType(values=["a", "b"])), {"type": "string", "enum": ["a", "b"]}),
        (LiteralType(map_value_type=FLOAT), {"type": "object", "additionalProperties": {"type": "number"}}),
        (union(INTEGER, NONE), {"type": ["integer", "null"]}),
        (union(LiteralType(collection_type=INTEGER), NONE), {
            "anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]
        }),
        (union(LiteralType(simple=SimpleType.BINARY), NONE), {}),
        (LiteralType(blob={}), {"type": "string"}),
    ],
)  # fmt: skip
def test_types_as_json_schema(declared: LiteralType, schema: dict[str, object]) -> None:
    assert json_schema(declared) == schema


def test_a_param_has_its_default_type_and_description() -> None:
    made = params((Input(name="n", type=INTEGER, default=integer(3), description="How many"),))["n"]
    assert isinstance(made, Call)
    assert (made.args, made.kwargs) == ((3,), (("type", "integer"), ("description", "How many")))


def test_a_required_input_has_no_default_and_a_fixed_one_no_param() -> None:
    made = params((Input(name="who", type=STRING), Input(name="n", type=INTEGER, default=integer(3), fixed=True)))
    assert list(made) == ["who"]
    assert isinstance(made["who"], Call)
    assert made["who"].args == ()


def test_a_default_of_nan_widens_the_schema() -> None:
    default = Literal(scalar=Scalar(primitive=Primitive(float_value=math.nan)))
    made = params((Input(name="x", type=FLOAT, default=default),))["x"]
    assert isinstance(made, Call)
    assert (made.args, made.kwargs) == (("NaN",), (("type", ["number", "string"]),))


def test_defaults_that_json_cannot_carry_are_refused_together() -> None:
    inputs = (Input(name="a", type=STRUCT, default=BROKEN), Input(name="b", type=STRUCT, default=BROKEN))
    with pytest.raises(TranslationError) as caught:
        params(inputs)
    assert [problem.code for problem in caught.value.problems] == ["workflow-inputs", "workflow-inputs"]


def test_the_conf_of_a_run_leaves_fixed_inputs_out() -> None:
    inputs = (Input(name="n", type=INTEGER), Input(name="k", type=STRING, default=string("x"), fixed=True))
    values = LiteralMap(literals={"n": integer(7), "k": string("x")})
    assert configuration(inputs, values) == {"n": 7}


def test_a_value_that_json_cannot_carry_is_refused() -> None:
    with pytest.raises(UsageError, match="'a' cannot be given to Airflow exactly"):
        configuration((Input(name="a", type=STRUCT),), LiteralMap(literals={"a": BROKEN}))


def test_an_override_hears_of_fixed_inputs_and_of_numbers() -> None:
    inputs = (Input(name="k", type=STRING, default=string("{{"), fixed=True), Input(name="n", type=INTEGER))
    assert context_names(inputs) == {"inputs.k": '"\\u007b\\u007b"', "number.n": ""}
