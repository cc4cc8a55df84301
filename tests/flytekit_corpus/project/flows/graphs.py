"""Shapes of workflows: chains, order without data, sub-workflows, decorators, classes, imperative workflows."""

import functools
from typing import List

from flytekit import Workflow, task, workflow
from flytekit.core.base_task import TaskResolverMixin
from flytekit.core.class_based_resolver import ClassStorageTaskResolver


@task
def inc(n: int, by: int = 1) -> int:
    return n + by


@task
def total(numbers: List[int]) -> int:
    return sum(numbers)


@task
def note(n: int) -> None:
    print(f"note {n}")


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(f"calling {function.__name__}")
        return function(*args, **kwargs)

    return wrapper


@task
@logged
def decorated(n: int) -> int:
    return n * 10


@workflow
def chain(n: int = 0) -> int:
    return inc(n=inc(n=inc(n=n), by=10), by=100)


@workflow
def ordered(n: int = 2) -> int:
    """Order without data, in both ways of writing it."""
    first, second, third = note(n=n), note(n=n), inc(n=n)
    first >> second
    second >> third
    return third


@workflow
def inner(n: int) -> tuple[int, int]:
    return inc(n=n), inc(n=n, by=5)


@workflow
def middle(n: int, m: int = 3) -> int:
    a, b = inner(n=n)
    c, _ = inner(n=m)
    return total(numbers=[a, b, c])


@workflow
def nested(n: int = 1) -> tuple[int, int]:
    """Three deep; the same workflow used twice in one and again in another."""
    a, _ = inner(n=n)
    return middle(n=a), middle(n=n, m=50)


@workflow
def passed_through(n: int = 4, text: str = "same") -> tuple[str, int]:
    """An input that is an output."""
    return text, inc(n=n)


@workflow
def decorators(n: int = 4) -> int:
    return decorated(n=n)


@workflow
def renamed(n: int = 4) -> int:
    """Nodes with names of their own, one of them with letters that no name of Kubernetes has."""
    a = inc(n=n).with_overrides(node_name="My First_Node")
    return inc(n=a, by=2).with_overrides(node_name="second", name="shown differently")


built = Workflow(name="flows.graphs.built")
built.add_workflow_input("n", int)
_first = built.add_entity(inc, n=built.inputs["n"], by=2)
_second = built.add_entity(total, numbers=[_first.outputs["o0"], built.inputs["n"]])
built.add_workflow_output("sum", _second.outputs["o0"])


by_class = ClassStorageTaskResolver()


def _times(n: int, by: int) -> int:
    return n * by


times = task(_times, task_resolver=by_class)
by_class.add(times)


@workflow
def resolved(n: int = 6) -> int:
    """A task that is found by its index in a resolver of flytekit."""
    return times(n=n, by=7)


class ByName(TaskResolverMixin):
    """A resolver of a user's own."""

    @property
    def location(self) -> str:
        return "flows.graphs.by_name"

    def name(self) -> str:
        return "by name"

    def load_task(self, loader_args: List[str]):
        return {"own": own}[loader_args[0]]

    def loader_args(self, settings, task) -> List[str]:
        return ["own"]

    def get_all_tasks(self):
        return [own]


by_name = ByName()


def _own(n: int) -> int:
    return n - 1


own = task(_own, task_resolver=by_name)


@workflow
def own_resolver(n: int = 6) -> int:
    return own(n=n)
