"""Conditionals."""

from flytekit import conditional, task, workflow


@task
def measure(n: int) -> int:
    return n * 2


@task
def ratio(n: int) -> float:
    return n / 4


@task
def is_odd(n: int) -> bool:
    return n % 2 == 1


@task
def low(n: int) -> str:
    return f"low {n}"


@task
def middle(n: int) -> str:
    return f"middle {n}"


@task
def high(n: int) -> str:
    return f"high {n}"


@task
def shout(text: str) -> str:
    return text.upper()


@workflow
def on_input(n: int = 3) -> str:
    return (
        conditional("size")
        .if_(n < 3)
        .then(low(n=n))
        .elif_((n >= 3) & (n < 10))
        .then(middle(n=n))
        .else_()
        .then(high(n=n))
    )


@workflow
def on_output(n: int = 3) -> str:
    """On what a task gives, and used by the next one."""
    measured = measure(n=n)
    text = conditional("measured").if_((measured > 100) | (measured == 6)).then(high(n=measured)).else_().then(low(n=n))
    return shout(text=text)


@workflow
def on_float(n: int = 3) -> str:
    share = ratio(n=n)
    return conditional("ratio").if_(share <= 0.5).then(low(n=n)).else_().then(high(n=n))


@workflow
def on_bool(n: int = 3) -> str:
    odd = is_odd(n=n)
    return conditional("odd").if_(odd.is_true()).then(high(n=n)).else_().then(low(n=n))


@workflow
def on_text(kind: str = "b", n: int = 2) -> str:
    return (
        conditional("kind").if_(kind == "a").then(low(n=n)).elif_(kind == "b").then(middle(n=n)).else_().fail("neither")
    )


@workflow
def sub(n: int) -> str:
    return shout(text=low(n=n))


@workflow
def nested(n: int = 12) -> str:
    """A conditional in a conditional, and a sub-workflow in a branch."""
    return (
        conditional("outer")
        .if_(n > 10)
        .then(conditional("inner").if_(n > 20).then(high(n=n)).else_().then(middle(n=n)))
        .else_()
        .then(sub(n=n))
    )
