"""Plans built by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from jetbridge.bindings import Bind, InputRef, JsonConstant, MapOf, OutputRef
from jetbridge.errors import Location
from jetbridge.idl import Identifier, Literal, LiteralType, Primitive, Scalar, SimpleType, TaskTemplate, UnionType
from jetbridge.types.json_codec import from_json
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Input, Output, Plan, Schedule, Step
from jetbridge_translators.work import (
    BindingMacro,
    ContainerWork,
    Macro,
    ResourceWork,
    SecretRef,
    Templated,
    Text,
    Work,
)

INTEGER = LiteralType(simple=SimpleType.INTEGER)
STRING = LiteralType(simple=SimpleType.STRING)
BOOLEAN = LiteralType(simple=SimpleType.BOOLEAN)
OPTIONAL = LiteralType(union_type=UnionType(variants=[STRING, LiteralType(simple=SimpleType.NONE)]))
STORE = "s3://bucket/jetbridge"


def integer(value: int) -> Literal:
    """A literal."""
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


def string(value: str) -> Literal:
    """A literal."""
    return Literal(scalar=Scalar(primitive=Primitive(string_value=value)))


def task_template(name: str = "penguins.fit", variables: Mapping[str, LiteralType] | None = None) -> TaskTemplate:
    """A task of our SDK."""
    template = TaskTemplate(id=Identifier(name=name, version="v1"), type="python-task")
    for variable, declared in (variables or {}).items():
        template.interface.inputs.variables[variable].type.CopyFrom(declared)
    return template


def container_work(
    *variables: str,
    args: tuple[Templated, ...] = (),
    env: tuple[tuple[str, str], ...] = (),
    secrets: tuple[SecretRef, ...] = (),
) -> ContainerWork:
    """What the handler of a Python task makes."""
    binds = tuple(part for name in variables for part in ("--bind", Text((f"{name}=", BindingMacro(name)))))
    roots = ("--run-root", Text((Macro.RUN_ROOT,)), "--node-path", Text((Macro.NODE_PATH,)))
    attempt = ("--attempt", Text((Macro.ATTEMPT,)))
    return ContainerWork(
        image="ghcr.io/acme/penguins:1.4",
        command=("jetbridge-execute",),
        args=(*roots, *attempt, *binds, *args),
        env=env,
        requests=(("cpu", "500m"), ("memory", "1Gi")),
        limits=(("memory", "1Gi"),),
        secrets=secrets,
    )


def spark_work(*variables: str, conf: str = "{{APP_ID}}") -> ResourceWork:
    """An object that an operator runs."""
    arguments: list[object] = ["--run-root", Text((Macro.RUN_ROOT,)), "--attempt", Text((Macro.ATTEMPT,))]
    for name in variables:
        arguments += ["--bind", Text((f"{name}=", BindingMacro(name)))]
    return ResourceWork(
        manifest={
            "apiVersion": "sparkoperator.k8s.io/v1beta2",
            "kind": "SparkApplication",
            "spec": {
                "type": "Python",
                "mode": "cluster",
                "sparkConf": {"spark.executor.instances": "2", "spark.app.name": conf},
                "arguments": arguments,  # type: ignore[dict-item]
                "driver": {"cores": 1},
            },
        },
        success="status.applicationState.state == COMPLETED",
        failure="status.applicationState.state in (FAILED, SUBMISSION_FAILED)",
        name_hint="hello_spark",
    )


def step(
    node: str,
    work: Work | None = None,
    *,
    args: Mapping[str, Bind] | None = None,
    after: tuple[str, ...] = (),
    template: TaskTemplate | None = None,
    name: str = "",
    retries: int = 0,
    timeout: timedelta | None = None,
    interruptible: bool | None = None,
) -> Step:
    """A node."""
    args = args or {}
    task = template or task_template(variables=dict.fromkeys(args, STRING))
    return Step(
        id=node,
        path=node,
        name=name or node.replace("-", "_"),
        task_type=task.type,
        template=task,
        args=args,
        after=after,
        retries=retries,
        timeout=timeout,
        interruptible=interruptible,
        work=work or container_work(*args),
        location=Location("penguins.py", 31),
    )


def plan(
    *steps: Step, inputs: tuple[Input, ...] = (), outputs: tuple[Output, ...] = (), name: str = "penguins.pipeline"
) -> Plan:
    """A workflow."""
    return Plan(name=name, description="Fit a line per species.", inputs=inputs, nodes=steps, outputs=outputs)


def scheduled(schedule: Schedule, *inputs: Input) -> Plan:
    """A workflow of one node that runs by itself."""
    return replace(plan(step("n0"), inputs=inputs), schedule=schedule)


def penguins() -> Plan:
    """Load, fit twice, report."""
    load = task_template("penguins.load", {"path": STRING})
    fit = task_template("penguins.fit", {"frame": STRING, "species": STRING})
    report = task_template("penguins.report", {"fits": STRING, "n": INTEGER})
    frame = OutputRef("n0", "o0")
    return plan(
        step("n0", template=load, name="load", args={"path": InputRef("path")}),
        step("n1", template=fit, name="fit_n1", args=_fit(frame, "Adelie"), after=("n0",), retries=2),
        step("n2", template=fit, name="fit_n2", args=_fit(frame, "Gentoo"), after=("n0",), retries=2),
        step(
            "n3",
            template=report,
            name="report",
            args={"fits": OutputRef("n1", "o0", ("slope",)), "n": InputRef("n")},
            after=("n1", "n2"),
            timeout=timedelta(minutes=10),
        ),
        inputs=(
            Input(name="path", type=STRING, description="where the measurements lie"),
            Input(name="n", type=INTEGER, default=integer(3)),
        ),
        outputs=(Output(name="report", type=STRING, bind=OutputRef("n3", "o0")),),
    )


def everything() -> Plan:
    """Every feature and every hostile string at one place."""
    hostile = "{{inputs.parameters.x}} $(rm) {% raw %} 'it''s' \"q\" \n\t\x01 🐧 !!python/none"
    secrets = (SecretRef("db", "PASSWORD", env_var="PW"), SecretRef("tls", "cert", mount="file"))
    args: dict[str, Bind] = {"k": InputRef("größe"), "m": MapOf((("a", OutputRef("n0", "o0", ("b", 1))),))}
    raw = container_work(*args, args=(hostile,), env=(("TEXT", hostile),), secrets=secrets)
    base, spark = penguins(), task_template("jobs.spark")
    return replace(
        base,
        description=hostile,
        nodes=(
            *base.steps,
            step("my-node", raw, name="raw", args=args, after=("n0",), interruptible=True),
            step("spark", spark_work("i"), template=spark, args={"i": JsonConstant("3")}, retries=1),
        ),
        inputs=(
            Input(name="größe", type=OPTIONAL, default=from_json(None, OPTIONAL)),
            Input(name="flag", type=BOOLEAN, default=from_json(True, BOOLEAN)),
            Input(name="fixed", type=INTEGER, default=integer(1), fixed=True),
            Input(name="path", type=STRING, default=string(hostile), description=hostile),
            Input(name="n", type=INTEGER, default=integer(3)),
        ),
        schedule=Schedule(cron="30 6 * * MON-FRI"),
    )


def _fit(frame: Bind, species: str) -> dict[str, Bind]:
    return {"frame": frame, "species": JsonConstant(f'"{species}"')}


def settings(target: str = "3.7", store: str = STORE, **options: str) -> Settings:
    """Settings; option names with underscores."""
    return Settings(store=store, target=target, options={key.replace("_", "-"): text for key, text in options.items()})
