"""The functions of a DAG file that decide branches and maps, as source. They run in the worker and need no pod."""

from __future__ import annotations

from jetbridge_translators.airflow.expressions import Name
from jetbridge_translators.airflow.helper import Helper, failing

CHOOSE = Name("choose")
POD_NAMES = Name("pod_names")
INDICES = Name("indices")
ENOUGH = Name("enough")
NAMED = Name("names")
"""Stands among the helpers for values that have names."""
FAIL = Name("fail")

_COMPARED_VALUE = '''\
def value(operand):
    """A value from JSON text; a dictionary says which of two it is."""
    if isinstance(operand, dict):
        return value(operand["then"] if holds(operand["if"]) else operand["else"])
    return json.loads(operand)
'''

_NAMED_VALUE = '''\
def value(operand, names=None):
    """A value from JSON text; a dictionary says which of two it is, or which of those that have a name."""
    if not isinstance(operand, dict):
        return json.loads(operand)
    if "name" in operand:
        return names[operand["name"]]()
    if "names" not in operand:
        return value(operand["then"] if holds(operand["if"], names) else operand["else"], names)
    names = {}
    for name, named in operand["names"].items():
        names[name] = functools.cache(functools.partial(value, named, names))
    return value(operand["value"], names)
'''

_VALUE = '''\
def value(operand):
    """A value from JSON text."""
    return json.loads(operand)
'''

_HOLDS = '''\
SIGNS = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def holds(condition@=None):
    """Whether a condition is true. As in Flyte, both sides of `and` and `or` are looked at."""
    left, sign, right = condition
    if sign in ("and", "or"):
        sides = [holds(left@), holds(right@)]
        return all(sides) if sign == "and" else any(sides)
    left, right = value(left@), value(right@)
    if type(left) is not type(right) or (isinstance(left, bool) and sign not in ("==", "!=")):
        raise AirflowFailException(f"a condition cannot tell whether {left!r} {sign} {right!r}")
    return SIGNS[sign](left, right)
'''

_CHOOSE = '''\
def choose(cases, otherwise=None, error=None):
    """The first case whose condition holds."""
    for task_id, condition in cases.items():
        if holds(condition):
            return task_id
    if otherwise is None:
        raise AirflowFailException(error)
    return otherwise
'''

_COUNT = '''\
def count(size, chunk, chunks):
    """The indices of a map's elements that one mapped task runs: Airflow allows it 1024."""
    sizes = {value(each) for each in (size if isinstance(size, list) else [size])}
    if len(sizes) > 1:
        raise AirflowFailException(f"the lists of a map must be of one length, not {sorted(sizes)}")
    (size,) = sizes
    if size > 1024 * chunks:
        raise AirflowFailException(
            f"the map has {size} elements, and this file has tasks for {1024 * chunks}: "
            "translate the workflow with more --map-chunks"
        )
    return range(1024 * chunk, min(size, 1024 * (chunk + 1)))
'''

_POD_NAMES = '''\
def pod_names(name, size, chunk=0, chunks=1):
    """The name of the pod of each element of a map."""
    return [f"{name}-{index}" for index in count(size, chunk, chunks)]
'''

_INDICES = '''\
def indices(size, chunk=0, chunks=1):
    """The index of each element of a map."""
    return [{"index": index} for index in count(size, chunk, chunks)]
'''

_ENOUGH = '''\
def enough(elements, size, at_least=None, share=None, *, ti):
    """Fail unless enough elements of a map have succeeded: a number of them, or a share."""
    needed = math.ceil(share * value(size)) if at_least is None else at_least
    succeeded = ti.get_ti_count(
        dag_id=ti.dag_id, task_ids=elements, run_ids=[ti.run_id], states=["success"]
    )
    if succeeded < needed:
        raise AirflowFailException(f"{succeeded} elements have succeeded, and {needed} must")
'''

_FAIL = '''\
def fail(why):
    """Fail the run."""
    raise AirflowFailException(why)
'''


def _holds(named: bool) -> str:
    """The source, with the names of values where the file has any."""
    return _HOLDS.replace("@", ", names") if named else _HOLDS.replace("@=None", "").replace("@", "")


def flow_helpers(target: str, *, branches: bool, named: bool) -> tuple[tuple[Name, Helper], ...]:
    """Each helper with the name whose use asks for it, in the order of the file.

    Args:
        target: The version of Airflow.
        branches: Whether the file has branches, and so values that depend on conditions.
        named: Whether it has values that build on others with names.
    """
    compared = _NAMED_VALUE if named else _COMPARED_VALUE
    modules = (Name("", "functools"), Name("", "json")) if branches and named else (Name("", "json"),)
    value = failing(Name("value"), compared if branches else _VALUE, modules, target)
    holds = failing(Name("holds"), _holds(named), (Name("", "operator"),), target)
    count = failing(Name("count"), _COUNT, (), target)
    comparing = ((CHOOSE, holds),) if branches else ()
    return (
        *((name, value) for name in (CHOOSE, POD_NAMES, INDICES)),
        *comparing,
        (CHOOSE, failing(CHOOSE, _CHOOSE, (), target)),
        *((name, count) for name in (POD_NAMES, INDICES)),
        (POD_NAMES, Helper(name=POD_NAMES.name, source=_POD_NAMES, imports=())),
        (INDICES, Helper(name=INDICES.name, source=_INDICES, imports=())),
        (ENOUGH, failing(ENOUGH, _ENOUGH, (Name("", "math"),), target)),
        (FAIL, failing(FAIL, _FAIL, (), target)),
    )
