"""A workflow that is put together by calls."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from jetbridge import Workflow, task


@task
def increment(n: int) -> int:
    return n + 1


built = Workflow(name="imperative.built")
built.add_workflow_input("n", int)
first = built.add_entity(increment, n=built.inputs["n"])
second = built.add_entity(increment, n=first.outputs["o0"])
built.add_workflow_output("last", second.outputs["o0"])
