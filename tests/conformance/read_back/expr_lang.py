"""Argo's expressions (expr-lang), as far as we write them, as a tree of tuples.

`("str", text)`, `("num", text)`, `("name", part, …)`, `("call", function, argument, …)`, `("get", object, key)`,
`("not", x)`, `("if", condition, a, b)`, and `(operator, a, b)`.
"""

from __future__ import annotations

import json
import re
from typing import Any

Tree = tuple[Any, ...]
_TOKEN = re.compile(
    r"""\s*(?:(?P<num>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<str>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<op>&&|\|\||==|!=|<=|>=|[-+*<>!?:()\[\],.]))"""
)
_LEVELS = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*",))
_WIDE = re.compile(r"\\U([0-9a-fA-F]{8})")


def parse_expression(text: str) -> Tree:
    """The tree of an expression. Raises `AssertionError` for what we do not write."""
    parser = _Parser(text)
    tree = parser.whole()
    assert parser.token is None, f"{text!r} at {parser.at}"
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text.rstrip()
        self.at = 0
        self.token: tuple[str, str] | None = None
        self._advance()

    def _advance(self) -> None:
        if self.at >= len(self._text):
            self.token = None
            return
        match = _TOKEN.match(self._text, self.at)
        assert match is not None, f"{self._text!r} at {self.at}"
        self.at = match.end()
        self.token = (match.lastgroup or "", match.group().strip())

    def _take(self, *operators: str) -> str:
        if self.token is not None and self.token[0] == "op" and self.token[1] in operators:
            taken = self.token[1]
            self._advance()
            return taken
        return ""

    def _expect(self, operator: str) -> None:
        assert self._take(operator), f"{self._text!r}: no {operator!r} at {self.at}"

    def whole(self) -> Tree:
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        then = self.whole()
        self._expect(":")
        return ("if", condition, then, self.whole())

    def _binary(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while operator := self._take(*_LEVELS[level]):
            left = (operator, left, self._binary(level + 1))
        return left

    def _unary(self) -> Tree:
        return ("not", self._unary()) if self._take("!") else self._postfix(self._primary())

    def _primary(self) -> Tree:
        if self._take("("):
            tree = self.whole()
            self._expect(")")
            return tree
        assert self.token is not None, self._text
        kind, text = self.token
        self._advance()
        return (kind, _string(text) if kind == "str" else text)

    def _postfix(self, tree: Tree) -> Tree:
        while operator := self._take(".", "[", "("):
            if operator == ".":
                assert self.token is not None, self._text
                key: Any = self.token[1]
                self._advance()
            elif operator == "[":
                index = self.whole()
                self._expect("]")
                key = int(index[1]) if index[0] == "num" else index[1]
            else:
                tree = ("call", tree, *self._arguments())
                continue
            tree = (*tree, key) if tree[0] == "name" else ("get", tree, key)
        return tree

    def _arguments(self) -> list[Tree]:
        found: list[Tree] = []
        while not self._take(")"):
            found.append(self.whole())
            self._take(",")
        return found


def _string(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1]
    return json.loads(_WIDE.sub(lambda match: chr(int(match.group(1), 16)), text))
