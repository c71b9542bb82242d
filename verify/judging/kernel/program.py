"""Exported functions as operations: their printed lines, read one by one."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

_OPERATIONS: Mapping[type[ast.operator], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"},
}


class Unread(Exception):
    """A function that is no sequence of operations on arguments of known range; says why."""


class Program:
    """A function as operations, of which each is rounded once.

    Attributes:
        given: the arguments, by their names: distances from 1, or a complex number's parts.
        arguments: as they are called here, x0 and so on.
        operations: what is computed, t0 and so on, and how, in order.
        powers: which of these are a library's, which errs by an ulp.
        squares: which are 1 − x² − y², computed by more operations than one, and of what.
        result: the last.

    """

    def __init__(self, arguments: Sequence[str], body: Sequence[str]) -> None:
        """Read a function's lines.

        Raises:
            Unread: if an operation is not known, or the range of an argument.

        """
        self.given = list(arguments)
        lines = list(body)
        for name in arguments:
            if lines and lines[0].startswith(f"re_{name}, im_{name} = "):
                lines.pop(0)
                place = self.given.index(name)
                self.given[place : place + 1] = [f"re_{name}", f"im_{name}"]
        known = r"(one_minus|re|im)_[a-z\d_]+"
        if stray := [name for name in self.given if not re.fullmatch(known, name)]:
            raise Unread(f"the range of {stray[0]} is not known")
        self.arguments = [f"x{i}" for i in range(len(self.given))]
        self.operations: dict[str, str] = {}
        self.powers: list[str] = []
        self.squares: dict[str, tuple[str, str]] = {}
        self._named = dict(zip(self.given, self.arguments, strict=True))
        for line in lines:
            name, _, text = line.replace("return ", "result = ", 1).partition(" = ")
            self._named[name] = self._value(ast.parse(text, mode="eval").body)
        self.result = self._named["result"]
        if self.result not in self.operations:
            raise Unread("nothing is rounded")

    @property
    def distances(self) -> dict[str, str]:
        """The parameters of whose distances from 1 arguments are, by these arguments."""
        pairs = zip(self.arguments, self.given, strict=True)
        return {x: n.removeprefix("one_minus_") for x, n in pairs if n.startswith("one_minus_")}

    @property
    def parts(self) -> dict[tuple[str, str], str]:
        """The parameters of which pairs of arguments are real and imaginary part."""
        named = dict(zip(self.given, self.arguments, strict=True))
        own = [name.removeprefix("re_") for name in named if name.startswith("re_")]
        return {(named[f"re_{name}"], named[f"im_{name}"]): name for name in own}

    def _value(self, node: ast.expr) -> str:
        """The name, or the number, of an expression's value."""
        match node:
            case ast.Constant(value=int(number)) if number <= 2**53:
                return str(number)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                return f"(-{self._value(ast.Constant(number))})"
            case ast.Name(id=name) if name in self._named:
                return self._named[name]
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int(number))):
                factor = self._value(base)
                made = self._made(" * ".join([factor] * number))
                self.powers += [made] * (number > 2)
                return made
            case ast.Call(func=ast.Name(id="_power"), args=[base, ast.Constant(value=int(number))]):
                factor = power = self._value(base)
                for _ in range(number - 1):
                    power = self._made(f"{power} * {factor}")
                return power
            case ast.Call(func=ast.Name(id="_one_minus_squares"), args=[one, other]):
                x, y = self._value(one), self._value(other)
                made = self._made(f"1 - {x} * {x} - {y} * {y}")
                self.squares[made] = (x, y)
                return made
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                first, second = self._value(left), self._value(right)
                return self._made(f"{first} {_OPERATIONS[type(op)]} {second}")
            case ast.Call(func=ast.Attribute(attr="sqrt"), args=[of]):
                return self._made(f"sqrt({self._value(of)})")
        raise Unread(f"{ast.unparse(node)} is no operation that is rounded once")

    def _made(self, operation: str) -> str:
        """The name of an operation's result, the same for the same operation."""
        names = {known: name for name, known in self.operations.items()}
        name = names.get(operation, f"t{len(names)}")
        self.operations[name] = operation
        return name

    def exact(self, name: str) -> str:
        """The formula of the arguments that a result is rounded from, step by step."""
        operation = self.operations.get(name)
        if operation is None:
            return name
        return f"({re.sub('[xt][0-9]+', lambda found: self.exact(found[0]), operation)})"

    def under_the_root(self) -> list[str]:
        """Numerator and denominator of what the last operation takes a root of, if it does."""
        root = re.fullmatch(r"sqrt\((\w+)\)", self.operations[self.result])
        if root is None:
            return []
        parts = self.operations.get(root[1], "").split(" / ")
        return [self.exact(part) for part in (parts if len(parts) == 2 else [root[1]])]
