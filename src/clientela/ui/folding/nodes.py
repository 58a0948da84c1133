"""What a template is made of once it is folded."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.template import Context
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    TextNode,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import CommentNode, ForNode, IfNode, LoadNode, URLNode
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import BlockTranslateNode, GetCurrentLanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils import translation

from clientela.ui.folding.values import safe

Parts = Callable[[Node], NodeList | None]
"""The nodes of the template that an include or a tag shows; None where they are not known yet."""
Tag = TypeVar("Tag", bound=Callable[..., Any])


def is_fixed(tag: Tag) -> Tag:
    """Say of a tag that the same words make the same text, whatever the request."""
    tag.is_fixed = True  # type: ignore[attr-defined]
    return tag


def folded(nodelist: Iterable[Node], parts: Parts) -> NodeList:
    """The nodes with all that is fixed as text."""
    return NodeList(_merged(new for node in nodelist for new in _folded(node, parts)))


def _translated(words: str, about: str | None) -> str:
    return translation.pgettext(about, words) if about else translation.gettext(words)


def constant(value: FilterExpression) -> Any:
    """A value that is written in the template; None where it comes with the request."""
    if value.filters:
        return None
    if isinstance(value.var, Variable):
        return None if value.var.translate else value.var.literal
    return value.var


def with_children(node: Node, change: Callable[[NodeList], NodeList]) -> None:
    """Put what `change` makes of the nodes below a node in their place."""
    if isinstance(node, IfNode):
        node.conditions_nodelists = [
            (condition, change(below)) for condition, below in node.conditions_nodelists
        ]
        return
    for name in node.child_nodelists:
        below = getattr(node, name, None)
        if isinstance(below, NodeList):
            setattr(node, name, change(below))


class Part(Node):
    """A block or an included template where it is shown; what it is given, and sets, is its own.

    `alone`: it sees nothing else.
    """

    child_nodelists = ()

    def __init__(
        self, nodelist: NodeList, given: Iterable[tuple[str, FilterExpression]] = (), *,
        alone: bool = False,
    ) -> None:  # fmt: skip
        self.nodelist = nodelist
        self.given = tuple(given)
        self.alone = alone

    def render(self, context: Context) -> str:
        values = {name: value.resolve(context) for name, value in self.given}
        return _shown(self.nodelist, context, values, alone=self.alone)


class Component(Node):
    """A tag with a template of its own."""

    child_nodelists = ()

    def __init__(self, tag: InclusionNode, nodelist: NodeList) -> None:
        self.tag = tag
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        args, more = self.tag.get_resolved_arguments(context)
        values = {"csrf_token": context.get("csrf_token"), **self.tag.func(*args, **more)}
        return _shown(self.nodelist, context, values, alone=True)


class Given(Node):
    """A fixed text under a name."""

    child_nodelists = ()

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value

    def render(self, context: Context) -> str:
        context.dicts[-1][self.name] = self.value
        return ""


class Told(Node):
    """A sentence with places for what the request brings; the sentence is translated already."""

    child_nodelists = ()

    def __init__(self, written: BlockTranslateNode, about: str | None) -> None:
        self.written = written
        self.about = about
        self.one, names = written.render_token_list(written.singular)
        self.many = ""
        if written.plural:
            self.many, more = written.render_token_list(written.plural)
            names = [*names, *more]
        self.names = tuple(dict.fromkeys(names))
        self.sentence = "" if self.many else _translated(self.one, about)

    def render(self, context: Context) -> str:
        written = self.written
        own = {name: value.resolve(context) for name, value in written.extra_context.items()}
        with context.push(own):
            sentence = self._of_many(context) if self.many else self.sentence
            values = {
                name: render_value_in_context(context.get(name, ""), context) for name in self.names
            }
        text = sentence % values
        if written.asvar is None:
            return text
        context[written.asvar] = safe(text)
        return ""

    def _of_many(self, context: Context) -> str:
        counter: Any = self.written.counter
        count = context[str(self.written.countervar)] = counter.resolve(context)
        return self.sentence_for(count)

    def sentence_for(self, count: int) -> str:
        if self.about:
            return translation.npgettext(self.about, self.one, self.many, count)
        return translation.ngettext(self.one, self.many, count)


def _shown(
    nodelist: NodeList, context: Context, values: dict[str, Any], *, alone: bool
) -> str:  # fmt: skip
    outer = context.dicts
    context.dicts = [outer[0], values] if alone else [*outer, values]
    try:
        return nodelist.render(context)
    finally:
        context.dicts = outer


def _folded(node: Node, parts: Parts) -> Sequence[Node]:
    if isinstance(node, Part):
        return _placed(Part(folded(node.nodelist, parts)))
    if isinstance(node, IncludeNode):
        below = parts(node)
        given, alone = node.extra_context.items(), node.isolated_context
        return [node] if below is None else _placed(Part(below, given, alone=alone))
    if isinstance(node, InclusionNode):
        below = parts(node)
        return [node] if below is None else [Component(node, below)]
    if isinstance(node, BlockTranslateNode):
        return _told(node)
    if _is_fixed(node):
        return _fixed(node)
    with_children(node, lambda below: folded(below, parts))
    return [node]


def _placed(part: Part) -> Sequence[Node]:
    """The part, or only its nodes where none of them could be told apart from those around it."""
    own = part.given or part.alone or any(map(_may_set, part.nodelist))
    return [part] if own else part.nodelist


def _may_set(node: Node) -> bool:
    """Whether something may be known by a new name after this node."""
    if isinstance(node, IfNode):
        return any(_may_set(below) for _, each in node.conditions_nodelists for below in each)
    return not isinstance(node, (TextNode, VariableNode, ForNode, Part, Component))


def _told(node: BlockTranslateNode) -> Sequence[Node]:
    about = constant(node.message_context) if node.message_context else None
    if node.message_context and not isinstance(about, str):
        return [node]
    told = Told(node, about)
    return [told] if told.names or told.many else _fixed(told)


def _is_fixed(node: Node) -> bool:
    if isinstance(node, TranslateNode):
        var, about = node.filter_expression.var, node.message_context
        is_written = isinstance(var, Variable) and isinstance(var.literal, str)
        return (
            is_written
            and not node.filter_expression.filters
            and not (about and not constant(about))
        )
    if isinstance(node, URLNode):
        return isinstance(constant(node.view_name), str) and not node.args and not node.kwargs
    if isinstance(node, StaticNode):
        return isinstance(constant(node.path), str)
    if isinstance(node, SimpleNode) and getattr(node.func, "is_fixed", False):
        values = [*node.args, *node.kwargs.values()]
        return all(constant(value) is not None for value in values)
    return isinstance(node, (LoadNode, CommentNode, GetCurrentLanguageNode))


def _fixed(node: Node) -> Sequence[Node]:
    """What a node shows, and what it sets, now and for good."""
    scratch = Context({})
    try:
        text = node.render(scratch)
    except NoReverseMatch:
        return [node]
    given = [Given(name, value) for name, value in scratch.dicts[-1].items()]
    return [TextNode(text), *given]


def _merged(nodes: Iterable[Node]) -> Iterator[Node]:
    """Texts that meet as one."""
    for is_text, group in itertools.groupby(nodes, lambda node: isinstance(node, TextNode)):
        if not is_text:
            yield from group
        elif text := "".join(node.s for node in group):  # type: ignore[attr-defined]
            yield TextNode(text)
