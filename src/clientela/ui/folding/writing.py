"""A folded template, written as a function: Python runs it, where Django would walk its nodes.

Conditions, loops, values, filters, sentences and the tags of the house are written out. Any other
node is asked as Django asks it, so the function may stand for every template. The context holds at
each moment what it would hold with Django; names that surely hold a value of the template's own
(of a loop, a `with`, a sentence) are read without it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import CodeType
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable, VariableNode
from django.template.defaultfilters import default, length
from django.template.defaulttags import ForNode, IfNode, TemplateLiteral, URLNode, WithNode
from django.template.library import InclusionNode, SimpleNode
from django.utils.functional import Promise

from clientela.ui.addresses import address
from clientela.ui.folding import values
from clientela.ui.folding.nodes import Component, Given, Part, Told, constant

OPERATORS = ("or", "and", "not", "==", "!=")
UNFAILING = (default, length)
"""Filters that never fail: Django takes a fault within a condition of several parts for a no."""
NAMES = {
    "found": values.found, "part": values.part, "or_nothing": values.or_nothing,
    "or_none": values.or_none, "rows": values.rows, "shown": values.shown, "made": values.made,
    "safe": values.safe, "address": address,
    "address_or_nothing": values.address_or_nothing,
}  # fmt: skip


class Written(Node):
    """A whole template as one function, made when it is first shown."""

    child_nodelists = ()

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name
        self._function: Any = None

    def render(self, context: Context) -> str:
        if not context.autoescape:
            return self.nodelist.render(context)
        if self._function is None:
            self._function = Writer(self.name).function(self.nodelist)
        text: str = self._function(context)
        return text


class Writer:
    """Writes one function; `known` is what can be read without the context, by its name there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[str] = []
        self.depth = 0
        self.known: dict[str, str] = {}
        self.objects: dict[str, Any] = dict(NAMES)
        self.numbers = itertools.count()

    def function(self, nodelist: NodeList) -> Any:
        self.line("def render(context):")
        with self.below():
            self.line("texts = []")
            self.line("say = texts.append")
            self.line("dicts = context.dicts")
            self.nodes(nodelist)
            self.line("return ''.join(texts)")
        code: CodeType = compile("\n".join(self.lines), f"<{self.name}>", "exec")
        exec(code, self.objects)  # noqa: S102
        return self.objects["render"]

    # Lines

    def line(self, text: str) -> None:
        self.lines.append(" " * self.depth + text)

    @contextmanager
    def below(self) -> Iterator[None]:
        self.depth += 1
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self.line("pass")
        self.depth -= 1

    @contextmanager
    def within(
        self, names: Mapping[str, str] | None = None, *, alone: bool = False
    ) -> Iterator[None]:
        """A part with names of its own: what is set in it is gone behind it."""
        before = self.known
        self.known = {**({} if alone else before), **(names or {})}
        yield
        self.known = before

    def new(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"

    def object(self, value: Any) -> str:
        """A name in the function for something that exists already."""
        name = self.new("o")
        self.objects[name] = value
        return name

    # Nodes

    def nodes(self, nodelist: Iterable[Node]) -> None:
        for node in nodelist:
            kinds = {
                TextNode: self.text, VariableNode: self.variable, IfNode: self.condition,
                ForNode: self.loop, WithNode: self.with_, Part: self.part,
                Component: self.component, Given: self.given, Told: self.sentence,
                SimpleNode: self.tag, URLNode: self.address,
            }  # fmt: skip
            write: Any = kinds.get(type(node), self.other)
            write(node)

    def other(self, node: Node) -> None:
        """Django's own way; whatever it sets is looked up from then on."""
        self.line(f"say({self.object(node)}.render_annotated(context))")
        self.known = {}

    def text(self, node: TextNode) -> None:
        self.line(f"say({node.s!r})")

    def variable(self, node: VariableNode) -> None:
        self.line(f"say(shown({self.value(node.filter_expression)}, context))")

    def condition(self, node: IfNode) -> None:
        before, after = self.known, []
        for place, (asked, nodelist) in enumerate(node.conditions_nodelists):
            self.known = dict(before)
            words = "if" if place == 0 else "elif"
            self.line("else:" if asked is None else f"{words} {self.asked(asked)}:")
            with self.below():
                self.nodes(nodelist)
            after.append(self.known)
        self.known = {
            name: known for name, known in before.items()
            if all(branch.get(name) == known for branch in after)
        }  # fmt: skip

    def loop(self, node: Any) -> None:
        if node.is_reversed:
            self.other(node)
            return
        rows, own, loop = self.new("rows"), self.new("own"), self.new("loop")
        sequence = self.value(node.sequence, missing="or_none")
        self.line(f"{rows} = rows({sequence})")
        self.line(f"{own} = {{}}")
        self.line(f"if len({rows}):")
        with self.below():
            if "forloop" not in self.known:
                self.line(f"outer{loop} = context.get('forloop', {{}})")
            self.line(f"dicts.append({own})")
            self.rows(node, rows, own, loop)
            self.line("dicts.pop()")
        if node.nodelist_empty:
            self.line("else:")
            with self.below(), self.within():
                self.line(f"dicts.append({own})")
                self.nodes(node.nodelist_empty)
                self.line("dicts.pop()")

    def rows(self, node: Any, rows: str, own: str, loop: str) -> None:
        item, around = self.new("item"), self.known.get("forloop", f"outer{loop}")
        start = len(self.lines)
        self.line(f"for place{loop}, {item} in enumerate({rows}):")
        names = {name: self.new("item") for name in node.loopvars}
        set_within = dict.fromkeys(names_set(node.nodelist_loop), "")
        with self.below(), self.within({**set_within, **names, "forloop": loop}):
            self.known = {name: known for name, known in self.known.items() if known}
            top = len(self.lines)
            if len(names) > 1:
                self.line(f"{', '.join(names.values())} = {item}")
                self.line(f"dicts.append({self.mapping(names)})")
            else:
                self.line(f"{own}[{node.loopvars[0]!r}] = {names[node.loopvars[0]]} = {item}")
            self.nodes(node.nodelist_loop)
            if len(names) > 1:
                self.line("dicts.pop()")
            if self.asks_for(loop, start):
                self.count(top, rows, own, loop, around)

    def asks_for(self, loop: str, start: int) -> bool:
        """Whether a loop's own counters are read in it, or might be."""
        lines = self.lines[start + 1 :]
        asked = ("(context)", f"{loop},", f"{loop})", f"{loop} ")
        return any(sign in line for line in lines for sign in asked)

    def count(self, top: int, rows: str, own: str, loop: str, around: str) -> None:
        """Put the counters of a loop at the top of its body, as Django keeps them."""
        place, pad = f"place{loop}", " " * self.depth
        counters = {
            "parentloop": around, "counter0": place, "counter": f"{place} + 1",
            "revcounter": f"len({rows}) - {place}", "revcounter0": f"len({rows}) - {place} - 1",
            "first": f"{place} == 0", "last": f"{place} == len({rows}) - 1",
        }  # fmt: skip
        kept = f"{pad}{loop} = {own}['forloop'] = {self.mapping(counters)}"
        self.lines.insert(top, kept)

    def with_(self, node: WithNode) -> None:
        self.part(Part(node.nodelist, node.extra_context.items()))

    def part(self, node: Part) -> None:
        names = {name: self.new("given") for name, _ in node.given}
        for name, value in node.given:
            self.line(f"{names[name]} = {self.value(value)}")
        self.scope(self.mapping(names), node.nodelist, names, alone=node.alone)

    def component(self, node: Component) -> None:
        own = self.new("own")
        self.line(f"{own} = {{'csrf_token': context.get('csrf_token')}}")
        self.line(f"{own}.update({self.call(node.tag)})")
        self.scope(own, node.nodelist, {}, alone=True)

    def scope(
        self, own: str, nodelist: NodeList, names: Mapping[str, str], *, alone: bool
    ) -> None:  # fmt: skip
        outer = self.new("outer")
        if alone:
            self.line(f"{outer} = dicts")
            self.line(f"dicts = context.dicts = [dicts[0], {own}]")
        else:
            self.line(f"dicts.append({own})")
        with self.within(names, alone=alone):
            self.nodes(nodelist)
        self.line(f"dicts = context.dicts = {outer}" if alone else "dicts.pop()")

    def given(self, node: Given) -> None:
        self.set(node.name, self.object(node.value))

    def sentence(self, node: Told) -> None:
        written, names = node.written, {}
        for name, value in written.extra_context.items():
            names[name] = self.new("given")
            self.line(f"{names[name]} = {self.value(value)}")
        with self.within(names):
            words = self.words(node)
            said = ", ".join(
                f"{name!r}: shown({self.named(name)[0]}, context)" for name in node.names
            )
        text = f"{words} % {{{said}}}"
        if written.asvar is None:
            self.line(f"say({text})")
        else:
            self.set(written.asvar, f"safe({text})")

    def words(self, node: Told) -> str:
        counter: Any = node.written.counter
        if not node.many or counter is None:
            return self.object(node.sentence)
        count = self.new("count")
        self.line(f"{count} = {self.value(counter)}")
        self.known[str(node.written.countervar)] = count
        return f"{self.object(node.sentence_for)}({count})"

    def tag(self, node: SimpleNode) -> None:
        if node.target_var is None:
            self.line(f"say(made({self.call(node)}))")
        else:
            self.set(node.target_var, self.call(node))

    def address(self, node: URLNode) -> None:
        view = constant(node.view_name)
        if not isinstance(view, str) or node.kwargs:
            self.other(node)
            return
        args = ", ".join([repr(str(view)), *map(self.value, node.args)])
        if node.asvar is None:
            self.line(f"say(shown(address({args}), context))")
        else:
            self.set(node.asvar, f"address_or_nothing({args})")

    # Values

    def set(self, name: str, value: str) -> None:
        known = self.new("set")
        self.line(f"dicts[-1][{name!r}] = {known} = {value}")
        self.known[name] = known

    def call(self, node: SimpleNode | InclusionNode) -> str:
        args = ["context"] if node.takes_context else []
        args += [self.value(value) for value in node.args]
        args += [f"{name}={self.value(value)}" for name, value in node.kwargs.items()]
        return f"{self.object(node.func)}({', '.join(args)})"

    def mapping(self, names: Mapping[str, str]) -> str:
        return "{" + ", ".join(f"{name!r}: {known}" for name, known in names.items()) + "}"

    def value(self, written: FilterExpression, missing: str = "or_nothing") -> str:
        if not all(is_plain(*each) for each in written.filters):
            return self.asked_of_django(written, missing)
        value, may_miss = self.start(written)
        if not value:
            return self.asked_of_django(written, missing)
        value = f"{missing}({value})" if may_miss else value
        for change, args in written.filters:
            more = [self.object(literal(*arg)) for arg in args]
            value = f"{self.object(change)}({', '.join([value, *more])})"
        return value

    def asked_of_django(self, written: FilterExpression, missing: str) -> str:
        more = ", ignore_failures=True" if missing == "or_none" else ""
        return f"{self.object(written)}.resolve(context{more})"

    def start(self, written: FilterExpression) -> tuple[str, bool]:
        """What filters work on, and whether it may be missing; nothing for what Django words."""
        variable = written.var
        if not isinstance(variable, Variable):
            return ("", False) if isinstance(variable, Promise) else (self.object(variable), False)
        if variable.translate:
            return "", False
        if variable.lookups is None:
            return self.object(variable.literal), False
        value, may_miss = self.named(variable.lookups[0])
        for name in variable.lookups[1:]:
            value, may_miss = f"part({value}, {name!r})", True
        return value, may_miss

    def named(self, name: str) -> tuple[str, bool]:
        if name in self.known:
            return self.known[name], False
        return f"found(context, {name!r})", True

    def asked(self, asked: Any) -> str:
        """A condition; where a fault in it might count as no, it is asked of Django."""
        words = self.unfailing(asked) or isinstance(asked, TemplateLiteral)
        return self.words_of(asked) if words else f"{self.object(asked)}.eval(context)"

    def words_of(self, asked: Any) -> str:
        if isinstance(asked, TemplateLiteral):
            return self.value(expression_of(asked), missing="or_none")
        if asked.id == "not":
            return f"(not {self.words_of(asked.first)})"
        return f"({self.words_of(asked.first)} {asked.id} {self.words_of(asked.second)})"

    def unfailing(self, asked: Any) -> bool:
        if isinstance(asked, TemplateLiteral):
            return all(change in UNFAILING for change, _ in expression_of(asked).filters)
        parts = [part for part in (asked.first, asked.second) if part is not None]
        return asked.id in OPERATORS and all(map(self.unfailing, parts))


def expression_of(asked: Any) -> FilterExpression:
    expression: FilterExpression = asked.value
    return expression


def is_plain(change: Any, args: Sequence[tuple[bool, Any]]) -> bool:
    """A filter that is called with its value and written arguments alone."""
    traits = ("expects_localtime", "needs_autoescape", "is_safe")
    return not any(getattr(change, trait, False) for trait in traits) and all(
        not is_looked_up or (arg.lookups is None and not arg.translate)
        for is_looked_up, arg in args
    )


def literal(is_looked_up: bool, arg: Any) -> Any:
    return arg.literal if is_looked_up else arg


def names_set(nodelist: Iterable[Node]) -> Iterator[str]:
    """Names that these nodes set for those that follow."""
    for node in nodelist:
        if isinstance(node, IfNode):
            for _, below in node.conditions_nodelists:
                yield from names_set(below)
        elif isinstance(node, Given):
            yield node.name
        elif name := getattr(node, "asvar", "") or getattr(node, "target_var", ""):
            yield name
        elif isinstance(node, Told) and node.written.asvar:
            yield node.written.asvar
