"""Lines of arithmetic as calls that work on pairs of floats, where numbers have no other operators.

`a*b + 2` becomes `_plus(_times(a, b), (2.0, 0.0))`, with the functions of the language's runtime.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

_NAMES: dict[type[ast.operator], str] = {
    **{ast.Add: "_plus", ast.Sub: "_minus", ast.Mult: "_times", ast.Div: "_over"},
}


def paired(arguments: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Assignments and a return, of pairs instead of floats.

    Args:
        arguments: the function's. A complex one occurs in one line alone, the one that makes its
            parts, `re_z, im_z = np.real(z), np.imag(z)`; real ones are made pairs first.
        lines: as ArrayPrinter with `in_pairs` prints them.

    """
    own = [a for a in arguments if not any(line.startswith(f"re_{a}, ") for line in lines)]
    given = [f"{name} = ({name}, 0.0)" for name in own]
    return given + [ast.unparse(_Calls().visit(ast.parse(line))) for line in lines]


class _Calls(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left = self.visit(node.left)
        if isinstance(node.op, ast.Pow):
            return _called("_power", left, node.right)
        return _called(_NAMES[type(node.op)], left, self.visit(node.right))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return _called("_minus", self.visit(ast.Constant(0)), self.visit(node.operand))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Tuple([ast.Constant(float(ast.literal_eval(node))), ast.Constant(0.0)])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node.func, node.args:
            case ast.Name("_Pair"), [value, rest]:
                return ast.Tuple([value, rest])
            case ast.Attribute(attr="real" | "imag"), [_]:
                return ast.Tuple([node, ast.Constant(0.0)])
            case ast.Attribute(attr=name), arguments:
                return _called(f"_{name}", *map(self.visit, arguments))
            case ast.Name(name), arguments:
                return _called(f"{name}_of_pairs", *map(self.visit, arguments))
        raise AssertionError(f"{ast.unparse(node)} is nothing that is printed")

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return ast.Return(_called("_rounded", *map(self.visit, ast.iter_child_nodes(node))))


def _called(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name), list(arguments), [])
