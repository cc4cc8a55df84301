"""A workflow with a helper module, written into folders of tests."""

from __future__ import annotations

from pathlib import Path

FLOWS = """
from jetbridge import task, workflow
from shop import prices

@task
def total(n: int) -> int:
    return prices.cost(n)

@task
def broken(n: int) -> int:
    return prices.fail(n)

@workflow
def order(n: int = 3) -> int:
    return total(n=n)

@workflow
def spoiled(n: int = 3) -> int:
    return broken(n=n)
"""
PRICES = """
import subprocess, sys

def cost(n: int) -> int:
    child = subprocess.run([sys.executable, "-c", "import shop.prices as p; print(p.EACH)"], capture_output=True)
    return n * int(child.stdout)

def fail(n: int) -> int:
    raise ValueError("sold out")  # this very line

EACH = 7
"""


def tree(root: Path, contents: dict[str, str]) -> Path:
    for name, text in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def shop(root: Path) -> Path:
    return tree(root, {"shop/__init__.py": "", "shop/flows.py": FLOWS, "shop/prices.py": PRICES, "notes.txt": "x"})
