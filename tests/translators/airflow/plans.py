"""Plans for the tests of the Airflow translator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from jetbridge.bindings import Bind, InputRef, JsonConstant, ListOf, OutputRef
from jetbridge.errors import Location
from jetbridge.idl import Literal, LiteralType, Primitive, Scalar, SimpleType, TaskTemplate
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Input, Plan, Step
from jetbridge_translators.work import BindingMacro, ContainerWork, Macro, SecretRef, Templated, Text, Work

STORE = "s3://bucket/runs"
INTEGER = LiteralType(simple=SimpleType.INTEGER)
STRING = LiteralType(simple=SimpleType.STRING)
STRUCT = LiteralType(simple=SimpleType.STRUCT)


def integer(value: int) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


def string(value: str) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(string_value=value)))


def entrypoint(binds: tuple[str, ...], task: str) -> tuple[Templated, ...]:
    return (
        Text(("--run-root=", Macro.RUN_ROOT)),
        Text(("--node-path=", Macro.NODE_PATH)),
        Text(("--attempt=", Macro.ATTEMPT)),
        *(Text((f"--bind={name}=", BindingMacro(name))) for name in binds),
        *("--", "task-module", "penguins", "task-name", task),
    )


def container(*args: Templated, env: Mapping[str, str] | None = None) -> ContainerWork:
    return ContainerWork(
        image="ghcr.io/me/penguins:1", command=("jetbridge-execute",), args=args, env=tuple((env or {}).items())
    )


def step(
    number: int,
    name: str,
    args: Mapping[str, Bind],
    after: tuple[str, ...] = (),
    retries: int = 0,
    timeout: timedelta | None = None,
    interruptible: bool | None = None,
    work: Work | None = None,
) -> Step:
    return Step(
        id=f"n{number}",
        path=f"n{number}",
        name=name,
        task_type="python-task",
        template=TaskTemplate(),
        args=args,
        after=after,
        retries=retries,
        timeout=timeout,
        interruptible=interruptible,
        work=work or container(*entrypoint(tuple(args), name)),
        location=Location("penguins.py", 30 + number),
    )


def plan(*steps: Step, inputs: tuple[Input, ...] = (), name: str = "penguins.pipeline", description: str = "") -> Plan:
    return Plan(name=name, description=description, inputs=inputs, nodes=steps, outputs=())


def penguins() -> Plan:
    fits = ("adelie", "gentoo", "chinstrap")
    secret = ContainerWork(
        image="ghcr.io/me/penguins:1",
        command=("jetbridge-execute",),
        args=entrypoint(("raw",), "clean"),
        requests=(("cpu", "500m"), ("memory", "1Gi")),
        limits=(("memory", "2Gi"),),
        secrets=(
            SecretRef("db", "password"),
            SecretRef("db", "user", env_var="DB_USER"),
            SecretRef("tls", "CA", mount="file"),
            SecretRef("tls", "key", mount="file"),
        ),
    )
    return plan(
        step(0, "load", {"n": InputRef("n"), "who": InputRef("who")}),
        step(1, "clean", {"raw": OutputRef("n0", "o0")}, ("n0",), 2, timedelta(minutes=10), work=secret),
        *(
            step(2 + at, f"fit_{name}", {"frame": OutputRef("n1", "o0"), "name": JsonConstant(f'"{name}"')}, ("n1",))
            for at, name in enumerate(fits)
        ),
        step(5, "report", {"fits": ListOf(tuple(OutputRef(f"n{n}", "o0") for n in (2, 3, 4)))}, ("n2", "n3", "n4"), 1),
        inputs=(
            Input(name="n", type=INTEGER, default=integer(3), description="How many"),
            Input(name="who", type=STRING),
        ),
        description="From measurements to a report",
    )


def settings(
    containers: str = "pod", target: str = "3.0", options: Mapping[str, str] | None = None, store: str = STORE
) -> Settings:
    return Settings(store=store, target=target, options={"containers": containers, **(options or {})})


def source(subject: Plan, chosen: Settings) -> str:
    (data,) = translate(subject, chosen).files.values()
    return data.decode()
