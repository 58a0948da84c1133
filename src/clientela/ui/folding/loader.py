"""Templates folded once for each language: what no request can change is text before one comes.

A folded template says the same as the written one. Its parents and the parts it includes stand in
their places, what is translated, and every icon and address without arguments, is text, and texts
that meet are one. Only what depends on the request is left to be done for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import RLock
from typing import Any

from django.template import Origin, Template, TemplateDoesNotExist
from django.template.base import Node, NodeList, TextNode
from django.template.engine import Engine
from django.template.library import InclusionNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders import cached
from django.utils.translation import get_language

from clientela.ui.folding import nodes
from clientela.ui.folding.writing import Written

Blocks = Mapping[str, NodeList]
LINKS_MAX = 10
"""Templates above each other."""


class Loader(cached.Loader):
    """Django's loaders with a memory of folded templates, one for each language."""

    def __init__(self, engine: Engine, loaders: list[Any]) -> None:
        super().__init__(engine, loaders)
        self.ready: dict[str, Template] = {}
        self.turn = RLock()
        self.in_hand: list[str] = []
        """Names of templates that are being folded: one may include itself."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """Parents that are asked for when a page is shown (they have `skip`) stay as written."""
        kept_as = "as written" if skip is not None else get_language()
        return f"{kept_as} {super().cache_key(template_name, skip)}"

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        if skip is not None:
            return super().get_template(template_name, skip)
        key = self.cache_key(template_name)
        if key not in self.ready:
            with self.turn:
                if key not in self.ready:
                    self.ready[key] = self._made(template_name)
        return self.ready[key]

    def reset(self) -> None:
        super().reset()
        self.ready.clear()

    def _made(self, name: str) -> Template:
        template = super().get_template(name)
        self.in_hand.append(name)
        try:
            self._fold(template)
        finally:
            self.in_hand.pop()
        return template

    def _fold(self, template: Template) -> None:
        nodelist = self._joined(template)
        if nodelist is not None:
            folded = nodes.folded(nodelist, self._part)
            template.nodelist = NodeList([Written(folded, str(template.name))])

    def _joined(self, template: Template) -> NodeList | None:
        """The template with its parents; None where that is known only when it is shown."""
        blocks: dict[str, NodeList] = {}
        for _ in range(LINKS_MAX):
            if "block.super" in template.source:
                return None
            extends = _extends(template)
            if extends is None:
                return _filled(template.nodelist, blocks)
            for name, block in extends.blocks.items():
                blocks.setdefault(name, block.nodelist)
            written: Any = extends.parent_name
            parent = nodes.constant(written)
            if not isinstance(parent, str):
                return None
            template = super(cached.Loader, self).get_template(parent)
        return None

    def _part(self, node: Node) -> NodeList | None:
        """What stands in the template of a node; None where it is found only when it is shown."""
        name = _template_of(node)
        if not isinstance(name, str) or name.startswith(".") or name in self.in_hand:
            return None
        try:
            template = self.engine.get_template(name)
        except TemplateDoesNotExist:
            return None
        first = template.nodelist[0] if template.nodelist else None
        return first.nodelist if isinstance(first, Written) else None


def _template_of(node: Node) -> Any:
    """The name of the template that an include or a tag shows, where it is written down."""
    if isinstance(node, IncludeNode):
        included: Any = node.template
        return nodes.constant(included)
    return node.filename if isinstance(node, InclusionNode) else None


def _extends(template: Template) -> ExtendsNode | None:
    """An extends comes first, after text at most."""
    first = next((node for node in template.nodelist if not isinstance(node, TextNode)), None)
    return first if isinstance(first, ExtendsNode) else None


def _filled(nodelist: NodeList, blocks: Blocks) -> NodeList:
    """The nodes with the blocks put in their places, also those within blocks."""
    return NodeList(_filled_node(node, blocks) for node in nodelist)


def _filled_node(node: Node, blocks: Blocks) -> Node:
    if isinstance(node, BlockNode):
        return nodes.Part(_filled(blocks.get(node.name, node.nodelist), blocks))
    nodes.with_children(node, lambda children: _filled(children, blocks))
    return node
