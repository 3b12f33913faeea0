"""How to tell the two languages apart, and where the code pairs them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, nodes

HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
LATIN = re.compile(r"[A-Za-z][A-Za-z’']+")
PAIR_TAKERS = {"Text", "t", "said", "say", "step", "field", "command", "gap", "Reason", "_option", "_require", "_group"}

# Their arguments are two forms of one Korean word.
WITHIN_KOREAN = {"particle", "replace"}


@dataclass
class Half:
    """One language's side of a pair: what is written, and the names of the data put into it."""

    text: str = ""
    names: set[str] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        return not self.text.strip() and not self.names

    @property
    def places(self) -> set[str]:
        found = set(re.findall(r"(?<!\$)\{(\w*)[^}]*\}", self.text))
        return {"its own" if name in ("ko", "en") else name for name in found}


@dataclass
class Pair:
    where: str
    ko: Half
    en: Half


def python_pairs(root: Path, path: Path) -> Iterator[Pair]:
    """Every call of this module whose argument is Korean, with the argument after it; by name, also where neither is."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in WITHIN_KOREAN:
            continue
        given = [*call.args, *(one.value for one in call.keywords if one.arg in ("ko", "en"))]
        halves = [_python_half(one) if _written(one) else None for one in given]
        for ko, en in pairwise(halves):
            korean = ko is not None and bool(HANGUL.search(ko.text))
            if ko and en and (korean or (name in ("Text", "t", "said") and len(given) == 2)):
                yield Pair(f"{path.relative_to(root)}:{call.lineno}", ko, en)
        if name in PAIR_TAKERS and halves and halves[-1] and HANGUL.search(halves[-1].text):
            yield Pair(f"{path.relative_to(root)}:{call.lineno}", halves[-1], Half())


def template_pairs(root: Path, path: Path) -> Iterator[Pair]:
    """Every call of t() in a template."""
    for call in Environment(autoescape=True).parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and len(call.args) == 2:
            ko, en = map(_template_half, call.args)
            yield Pair(f"{path.relative_to(root)}:{call.lineno}", ko, en)


def script_pairs(root: Path, path: Path) -> Iterator[Pair]:
    """Every Korean string or template of a script, with the one after it: `say("…", "…")` and whatever passes such a pair on."""
    source = re.sub(r"(?m)^\s*//.*$", "", path.read_text(encoding="utf-8"))
    # A quotation mark within a pattern or another's quotation marks begins nothing.
    source = re.sub(r"(?<=[(=,:])(\s*)/(?![/*])(?:\[[^\]\n]*\]|\\.|[^/\\\n])+/\w*|'[\"`]'", r"\1/./", source)
    place = 0
    while (begin := re.compile(r"[\"`]").search(source, place)) is not None:
        text, place = _script_literal(source, begin.start())
        if not HANGUL.search(text):
            continue
        en = Half()
        if after := re.compile(r"(?:\s*,\s*|\);\s*en\.push\()(?:plural\([^,]*,\s*)?(?=[\"`])").match(source, place):
            en.text, place = _script_literal(source, after.end())
        yield Pair(f"{path.relative_to(root)}:{source.count(chr(10), 0, begin.start()) + 1}", Half(text), en)


def _script_literal(source: str, start: int) -> tuple[str, int]:
    """Return what stands in the string or template that begins here, without what is put into it, and where it ends."""
    mark, place, text = source[start], start + 1, []
    while source[place] != mark:
        if source[place] == "\\":
            place += 1
        elif mark == "`" and source.startswith("${", place):
            depth, place = 1, place + 2
            while depth:
                if source[place] in '"`':
                    place = _script_literal(source, place)[1]
                else:
                    depth += {"{": 1, "}": -1}.get(source[place], 0)
                    place += 1
            continue
        text.append(source[place])
        place += 1
    return "".join(text), place + 1


def _written(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return _written(left) or _written(right)
        case ast.IfExp(body=body, orelse=other):
            return _written(body) or _written(other)
        case ast.Call(func=ast.Attribute(value=inner)):
            return _written(inner)
    return False


def _python_half(node: ast.expr) -> Half:
    half = Half()
    _gather(node, half)
    return half


def _gather(node: ast.AST, half: Half) -> None:
    match node:
        case ast.Constant(value=str() as text):
            half.text += text
        case ast.IfExp(body=body, orelse=other):
            # What decides is no part of what is said.
            _gather(body, half)
            _gather(other, half)
        case ast.Call(func=func, args=args):
            if isinstance(func, ast.Attribute) and _written(func.value):
                _gather(func.value, half)
                return
            for one in args:
                half.names |= {found.id for found in ast.walk(one) if isinstance(found, ast.Name)}
            if not args:
                half.names |= {found.id for found in ast.walk(func) if isinstance(found, ast.Name)}
        case ast.Name(id=name):
            half.names.add(name)
        case _:
            for child in ast.iter_child_nodes(node):
                _gather(child, half)


def _template_half(node: nodes.Node) -> Half:
    half = Half()
    _gather_template(node, half)
    return half


def _gather_template(node: nodes.Node, half: Half) -> None:
    if isinstance(node, nodes.Const):
        half.text += str(node.value)
    elif isinstance(node, nodes.CondExpr):
        for child in (node.expr1, node.expr2):
            if child is not None:
                _gather_template(child, half)
    elif isinstance(node, nodes.Call):
        for child in node.args:
            # A word handed to a function is its argument (plural(n, 'row')), and no part of the sentence here.
            half.names |= {one.name for one in (child, *child.find_all(nodes.Name)) if isinstance(one, nodes.Name)}
    elif isinstance(node, nodes.Name):
        half.names.add(node.name)
    else:
        for child in node.iter_child_nodes():
            _gather_template(child, half)
