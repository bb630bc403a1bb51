"""A diagram as a graph in ELK's JSON: nested nodes with their sizes, and edges with labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .boxes import Block, label_block, node_block, phase_block
from .model import Band, Diagram, Node
from .order import back_arrows

Json = dict[str, Any]
_WHOLE = {
    "elk.algorithm": "layered",
    "elk.direction": "DOWN",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.partitioning.activate": "true",
    "elk.padding": "[top=8,left=8,bottom=8,right=8]",
    "elk.spacing.nodeNode": "20",
    "elk.spacing.edgeNode": "12",
    "elk.spacing.edgeEdge": "10",
    "elk.spacing.edgeLabel": "4",
    "elk.spacing.labelLabel": "6",
    "elk.spacing.labelNode": "6",
    "elk.layered.spacing.nodeNodeBetweenLayers": "24",
    "elk.layered.spacing.edgeNodeBetweenLayers": "14",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
    "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
    "elk.layered.thoroughness": "12",
    "elk.edgeLabels.placement": "CENTER",
}
_WHOLE_ORDER = "elk.partitioning.partition"


def graph_of(diagram: Diagram) -> Json:
    """The graph: phases as groups in their order, nodes of no phase beside them."""
    children: list[Json] = []
    has_phases = any(band.title for band in diagram.groups)
    for order, band in enumerate(diagram.groups):
        made = [_phase(band)] if band.title else _nodes(band.nodes)
        for child in made if has_phases else ():
            child["layoutOptions"] = {**child.get("layoutOptions", {}), _WHOLE_ORDER: str(order)}
        children += made
    return {
        "id": "root",
        "layoutOptions": _WHOLE,
        "children": children,
        "edges": list(_edges(diagram)),
    }


def _phase(band: Band) -> Json:
    """A phase around its nodes; its title stands at the left, where no arrow comes in."""
    block = phase_block(band)
    padding = f"[top=12,left={block.width},bottom=12,right=12]"
    options = {"elk.padding": padding, **_at_least(block)}
    return {"id": band.end, "layoutOptions": options, "children": _nodes(band.nodes)}


def _nodes(nodes: Sequence[Node]) -> list[Json]:
    return [_box(node) if node.nodes else _node(node) for node in nodes]


def _node(node: Node) -> Json:
    block = node_block(node)
    return {"id": node.id, "width": block.width, "height": block.height}


def _box(node: Node) -> Json:
    """The box of a sub-procedure around its states, below its title and notes."""
    block = node_block(node)
    padding = f"[top={block.height + 8},left=12,bottom=12,right=12]"
    options = {"elk.padding": padding, **_at_least(block)}
    return {"id": node.id, "layoutOptions": options, "children": _nodes(node.nodes)}


def _at_least(block: Block) -> dict[str, str]:
    """How much room a group needs: the library turns it with the picture, so height comes first."""
    size = f"({block.height:g},{block.width:g})"
    return {"elk.nodeSize.constraints": "MINIMUM_SIZE", "elk.nodeSize.minimum": size}


def _edges(diagram: Diagram) -> Iterator[Json]:
    """The arrows; one that runs back is turned round, so that it does not pull its end up."""
    back = back_arrows(diagram)
    for number, arrow in enumerate(diagram.arrows):
        block = label_block(arrow)
        source, target = reversed(arrow.ends) if arrow.ends in back else arrow.ends
        edge: Json = {"id": f"e{number}", "sources": [source], "targets": [target]}
        if block.lines:
            edge["labels"] = [{"text": "-", "width": block.width, "height": block.height}]
        yield edge
