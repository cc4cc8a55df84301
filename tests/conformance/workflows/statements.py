# A plain `dict` is FlyteIDL's struct of any values, and `a >> b` puts nodes in order.
# pyright: reportMissingTypeArgument=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
"""Statements on databases that live as long as the statement, so that every engine has them."""

from typing import Annotated

import pandas as pd

from jetbridge import StructuredDataset, conditional, kwtypes, task, workflow
from jetbridge_plugins.sql import SQLConfig, SQLTask
from jetbridge_plugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask

SQLITE = SQLConfig(uri="sqlite://")

add = SQLTask(
    name="statements.add",
    query_template="SELECT {{ .inputs.a }} + {{ .inputs.b }}",
    task_config=SQLITE,
    inputs=kwtypes(a=int, b=int),
    outputs=kwtypes(o0=int),
)
series = SQLTask(
    name="statements.series",
    query_template="""
        WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {{ .inputs.last }})
        SELECT n, n * {{ .inputs.factor }} AS scaled, '{{ .inputs.word }}' AS word FROM s
    """,
    task_config=SQLITE,
    inputs=kwtypes(last=int, factor=float, word=str),
    outputs=kwtypes(results=Annotated[StructuredDataset, kwtypes(n=int, scaled=float, word=str)]),
)
both = SQLAlchemyTask(
    name="statements.both",
    query_template="SELECT {{ .inputs.word }} AS word, length({{ .inputs.word }}) AS size",
    task_config=SQLAlchemyConfig(uri="sqlite://"),
    inputs=kwtypes(word=str),
    output_schema_type=dict,
)
silent = SQLTask(
    name="statements.silent",
    query_template="CREATE TABLE forgotten AS SELECT {{ .inputs.n }} AS n",
    task_config=SQLITE,
    inputs=kwtypes(n=int),
)
wrong = SQLTask(name="statements.wrong", query_template="SELECT nothing", task_config=SQLITE, outputs=kwtypes(n=int))


@task
def total(table: StructuredDataset) -> float:
    return float(table.open(pd.DataFrame).all()["scaled"].sum())


@task
def small(n: int) -> int:
    return n


@workflow
def queried(last: int = 4, word: str = "it's {{ x }} :y %s") -> tuple[float, int, dict]:
    table = series(last=add(a=last, b=1), factor=0.5, word=word)
    done = silent(n=last)
    _ = done >> table
    return total(table=table), add(a=last, b=last), both(word=word)


@workflow
def decided(n: int = 3) -> int:
    twice = add(a=n, b=n)
    return conditional("size").if_(twice > 5).then(add(a=twice, b=100)).else_().then(small(n=twice))


@workflow
def fails() -> int:
    return wrong()
