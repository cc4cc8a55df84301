"""A plan as text for a golden file."""

from __future__ import annotations

import pprint

from jetbridge.bindings import render
from jetbridge.types.describe import describe
from jetbridge_translators.plan.model import Plan, Step


def plan_text(plan: Plan) -> str:
    lines = [f"plan {plan.name}: {plan.description}", f"schedule: {plan.schedule}"]
    lines += [
        f"input {i.name}: {describe(i.type)} default={i.default is not None} fixed={i.fixed}" for i in plan.inputs
    ]
    lines += [line for step in plan.steps for line in _step(step)]
    lines += [f"output {o.name}: {describe(o.type)} = {render(o.bind, {})}" for o in plan.outputs]
    return "\n".join(lines) + "\n"


def _step(step: Step) -> list[str]:
    head = f"step {step.id} {step.name} ({step.task_type}) at {step.path}, {step.location}"
    return [
        "",
        head,
        f"  after: {', '.join(step.after) or '-'}",
        f"  retries: {step.retries}, timeout: {step.timeout}, interruptible: {step.interruptible}",
        *(f"  arg {name} = {render(bind, {})}" for name, bind in sorted(step.args.items())),
        *(f"  {line}" for line in pprint.pformat(step.work, width=110).splitlines()),
        "",
    ]
