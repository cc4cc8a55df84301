"""All cases: the examples, and small workflows with one thing each."""

from __future__ import annotations

from typing import cast

from jetbridge.entry_points import discover, load_point
from jetbridge_translators.planning import Planning
from tests.conformance.case import Case

GROUP = "jetbridge.conformance.cases"
_POD_TEMPLATE = {
    "metadata": {"labels": {"from": "the-template"}},
    "spec": {
        "priorityClassName": "large",
        "containers": [{"name": "default", "env": [{"name": "SIZE", "value": "big"}]}],
    },
}
_SECRETS = {"conformance": {"word": "open sesame", "other": "{{not}} a template"}}


EXAMPLES = (
    Case(target="examples/penguins_sql.py:pipeline", features=("sql-work",)),
    Case(target="examples/penguins.py:pipeline", composite=True, exact=False),
    Case(
        target="examples/hello_spark.py:my_spark",
        inputs=("partitions=2",),
        features=("resource-work",),
        needs=("spark-operator",),
    ),
)

GRAPHS = (
    Case(target="graphs.py:one_task"),
    Case(target="graphs.py:chain", inputs=("n=-5",)),
    Case(target="graphs.py:fan_out_and_in", features=("bindings-collection",)),
    Case(target="graphs.py:several_outputs", inputs=("a=100",)),
    Case(target="graphs.py:no_outputs"),
    Case(target="graphs.py:same_task"),
    Case(target="graphs.py:defaults_and_constants", features=("workflow-inputs", "workflow-outputs")),
    Case(target="graphs.py:ordered"),
    Case(target="graphs.py:graph", inputs=("n=3",), composite=True),
)

VALUES = (
    Case(target="values.py:every_primitive"),
    Case(target="values.py:extreme_primitives"),
    Case(target="values.py:lists_and_dicts"),
    Case(target="values.py:attributes", features=("bindings-attribute",)),
    Case(target="values.py:dataclass_input"),
    Case(target="values.py:unions_and_enums"),
    Case(target="values.py:hostile_texts", features=("task-environment",)),
    Case(
        target="values.py:every_kind",
        inputs=("one={{=1}}{% $(HOME) \"'\n.sh", "nothing=3", 'tree={"a": {"b": [-1], "label": "$$"}}'),
        composite=True,
    ),
)

STORED = (
    Case(target="stored.py:files"),
    Case(target="stored.py:directories"),
    Case(target="tables.py:tables"),
    Case(target="tables.py:every_store", composite=True),
)

ATTEMPTS = (
    Case(target="attempts.py:recovers", features=("task-retries",)),
    Case(
        target="attempts.py:overrides",
        composite=True,
        features=("task-retries", "task-timeout", "task-resources", "task-interruptible"),
    ),
)

FAILING = (
    Case(target="failing.py:raises", fails=True, composite=True),
    Case(target="failing.py:gives_up", fails=True),
    Case(target="failing.py:raises_a_code", fails=True),
    Case(target="failing.py:exits", fails=True),
    Case(target="failing.py:returns_another_type", fails=True),
)

LAUNCH_PLANS = (
    Case(target="launched.py:fixed", composite=True, features=("workflow-fixed-inputs",)),
    Case(target="launched.py:nightly", inputs=("times=0",), features=("launch-plan-schedule",)),
    Case(target="launched.py:often", features=("launch-plan-schedule",)),
    Case(target="launched.py:limited", features=("launch-plan-parallelism",)),
    Case(
        target="launched.py:marked",
        composite=True,
        features=("launch-plan-labels", "launch-plan-parallelism", "launch-plan-one-run", "task-labels"),
    ),
    Case(target="launched.py:few_at_a_time", features=("launch-plan-concurrency",)),
    Case(target="launched.py:mailed", features=("launch-plan-notifications",)),
    Case(target="launched.py:kicked_off", inputs=("at=2026-01-05T06:30:00Z",), features=("launch-plan-schedule",)),
)

ASKED = (
    Case(target="asked.py:environment", features=("task-environment",)),
    Case(target="asked.py:secrets", composite=True, features=("task-secrets",), secrets=_SECRETS),
    Case(target="asked.py:labels", features=("task-labels",)),
    Case(target="asked.py:cache", composite=True, features=("task-cache",)),
    Case(target="asked.py:deck", composite=True, features=("task-deck",)),
    Case(
        target="asked.py:pod_template_name",
        composite=True,
        features=("task-pod-template-name", "pod-work"),
        planning=Planning(pod_templates={"big": _POD_TEMPLATE}),
    ),
    Case(target="asked.py:pod", composite=True, features=("pod-work",)),
    Case(target="asked.py:interruptible", features=("task-interruptible",)),
    Case(target="asked.py:shared_memory", composite=True, features=("task-shared-memory", "task-accelerator")),
)

SEMANTICS = (
    Case(target="sub_workflows.py:three_deep", composite=True),
    Case(target="sub_workflows.py:launch_plan_as_node"),
    Case(target="conditionals.py:three_ways", composite=True),
    Case(target="conditionals.py:fails", fails=True, says="too small"),
    Case(target="conditionals.py:one_after_another"),
    Case(target="maps.py:mapped", composite=True),
    Case(target="maps.py:nothing_to_map"),
    Case(target="maps.py:some_fail", composite=True),
    Case(target="dynamics.py:grown", features=("task-dynamic",)),
    Case(target="dynamics.py:nested", features=("task-dynamic",)),
    Case(target="dynamics.py:child_fails", fails=True, features=("task-dynamic", "task-retries")),
    Case(target="gates.py:slept", composite=True),
    Case(
        target="gates.py:unanswered",
        composite=True,
        fails=True,
        says="did not open within",
        features=("gate-signal", "gate-approve"),
    ),
    Case(target="failure_nodes.py:cleaned", composite=True, fails=True),
    Case(target="failure_nodes.py:goes_on", composite=True, fails=True),
    Case(target="imperative.py:built", inputs=("n=1",)),
)

STATEMENTS = (
    Case(target="statements.py:queried", composite=True, features=("sql-work",)),
    Case(target="statements.py:decided", features=("sql-work", "branch")),
    Case(target="statements.py:fails", fails=True, features=("sql-work",)),
)

OUTSIDE = tuple(case for point in discover(GROUP) for case in cast("tuple[Case, ...]", load_point(point)))
"""Cases that other distributions bring for their task types: tuples of cases in this group of entry points."""

CASES = (
    *(*EXAMPLES, *GRAPHS, *VALUES, *STORED, *ATTEMPTS, *FAILING),
    *(*LAUNCH_PLANS, *ASKED, *SEMANTICS, *STATEMENTS, *OUTSIDE),
)
