"""Rewriting the syntax tree of an answer so that the same thought has the same text."""

import ast
from collections.abc import Iterator
from itertools import pairwise

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}


def imports(tree: ast.AST) -> dict[str, str]:
    """Return what the names that are imported stand for."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.asname: each.name for each in node.names if each.asname}
        elif isinstance(node, ast.ImportFrom):
            found |= {each.asname or each.name: f"{node.module or ''}.{each.name}" for each in node.names}
    return found


def flattened(tree: ast.Module, answers: frozenset[str]) -> tuple[str, set[str]]:
    """Return code rewritten, and the names that its locals have in it.

    Args:
        tree: the cell; it is changed.
        answers: functions whose first line the exercise gives; their bodies stand in their place.

    Raises:
        RecursionError, ValueError, TypeError: it is too deep, or holds something that has no text.
    """
    names = _roles(tree, answers)
    tree = _Rewrite(names).visit(tree)
    body: list[ast.stmt] = []
    for statement in tree.body:
        given = isinstance(statement, ast.FunctionDef) and names.get(statement.name) == statement.name
        body += statement.body if given else [statement]  # type: ignore[attr-defined]  # a FunctionDef, as was seen
    return "\n".join(sorted(map(ast.unparse, _without_passing(body)))), set(names.values())


def _roles(tree: ast.Module, answers: frozenset[str]) -> dict[str, str]:
    """Return a name for each name that the code binds: parameters by number, others by what they are made of."""
    names: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in answers:
            names[node.name] = node.name
            for number, argument in enumerate(_arguments(node.args)):
                names.setdefault(argument.arg, f"p{number}")
    for name, role in (found for each in ast.walk(tree) for found in _bound(each)):
        names.setdefault(name, role)
    return names


def _arguments(all_: ast.arguments) -> list[ast.arg]:
    more = [each for each in (all_.vararg, all_.kwarg) if each]
    return [*all_.posonlyargs, *all_.args, *all_.kwonlyargs, *more]


def _bound(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that one node binds, with what they are."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, _made_of(value))
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _targets(target, _made_of(value))
        case ast.AugAssign(target=target, value=value):
            yield from _targets(target, _made_of(value))
        case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
            yield from _targets(target, "v_for")
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from _targets(target, "v_with")
        case ast.ExceptHandler(name=str() as name):
            yield name, "v_except"
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, "v_def"
        case ast.arg(arg=name):
            yield name, "v_arg"


def _targets(target: ast.expr, role: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, role


def _made_of(value: ast.expr) -> str:
    """Return a name for what a value is made of: the functions and signs in it, without the literals."""
    parts = set()
    for node in ast.walk(value):
        if isinstance(node, ast.Attribute):
            parts.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            parts.add(node.func.id)
        elif isinstance(node, ast.operator | ast.cmpop | ast.unaryop):
            parts.add(type(node).__name__)
    return "_".join(["v", *sorted(parts)[:8]])


class _Rewrite(ast.NodeTransformer):
    """Takes away what says nothing, gives names by their roles, and writes alike what means the same."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and not isinstance(node, ast.Module):
                kept = _without_passing(block)
                empty = [ast.Pass()] if field == "body" and block else []
                setattr(node, field, sorted(kept, key=ast.unparse) or empty)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:  # the name that ast gives it
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation = self._names.get(node.arg, node.arg), None
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self._names.get(node.name, node.name) if node.name else None
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name, node.returns = self._names.get(node.name, node.name), None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return self.visit(ast.Assign([node.target], node.value, lineno=0)) if node.value else None

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        changed = ast.BinOp(node.target, node.op, node.value)  # unparsing does not care for Store or Load
        return self.visit(ast.Assign([node.target], changed, lineno=0))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) == 1 and (flipped := _FLIPPED.get(type(node.ops[0]))):
            return ast.Compare(node.comparators[0], [flipped()], [node.left])
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)  # a docstring, a remark, ...

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None


def _without_passing(block: list[ast.stmt]) -> list[ast.stmt]:
    """Return a block without what the released text left there, and with `x = ...; return x` as `return ...`."""
    block = [each for each in block if not isinstance(each, ast.Pass) and not _left_over(each)]
    for before, after in pairwise(block):
        match before, after:
            case ast.Assign(targets=[ast.Name(id=one)], value=value), ast.Return(value=ast.Name(id=other)):
                if one == other:
                    place = block.index(before)
                    return [*block[:place], ast.Return(value), *block[place + 2 :]]
    return block


def _left_over(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and "NotImplementedError" in ast.dump(statement)
