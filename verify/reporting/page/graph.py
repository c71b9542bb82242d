"""The graph of claims: what each rests on, whether all of that stands, and where to draw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from verify.judging.engine import Result

ROW, MARGIN = 25, 14  # pixels
_MARK, _GAP = 33, 30  # the mark with what is around it, and the space for edges
_SWEEPS = 8


@dataclass(frozen=True)
class Node:
    """A claim's box: its left end, the height of its middle, and its width."""

    id: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Picture:
    """A drawing: nodes, edges as SVG paths with the ids they join, and the size in pixels."""

    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str, str]]
    width: float
    height: float


def claim_graph(results: Sequence[Result]) -> nx.DiGraph:
    """The graph of claims: edges lead to a claim from those that it uses, judged or not."""
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(r.claim.id for r in results)
    graph.add_edges_from((used, r.claim.id) for r in results for used in r.claim.uses)
    return graph


def unsound(graph: nx.DiGraph, results: Sequence[Result]) -> Mapping[str, Sequence[str]]:
    """What each claim that holds rests on, near or far, that is not known to hold."""
    holds = {r.claim.id for r in results if r.verdict.holds}
    return {claim: sorted(nx.ancestors(graph, claim) - holds) for claim in sorted(holds)}


def picture(graph: nx.DiGraph) -> Picture:
    """A layered drawing, foundations on the left, of all claims that an edge touches.

    What uses nothing stands in the first column, and any other claim one column to the right of
    the last that it uses. Unconnected parts stand below each other, the largest first.
    """
    joined = graph.subgraph(node for node in graph if graph.degree(node))
    parts = sorted(nx.weakly_connected_components(joined), key=lambda part: (-len(part), min(part)))
    depth = _depths(joined)
    lefts = _lefts(depth)
    places: dict[str, tuple[int, float]] = {}
    top = 0.0
    for part in parts:
        columns = _ordered(joined.subgraph(part), depth)
        rows = max(map(len, columns))
        for number, column in enumerate(columns):
            step = rows / max(len(column), 1)
            for place, node in enumerate(column):
                places[node] = (number, top + (place + 0.5) * step)
        top += rows + 0.6
    nodes = {
        node: Node(node, lefts[column], MARGIN + ROW * y, _MARK + _letters(node))
        for node, (column, y) in places.items()
    }
    edges = [(a, b, _path(nodes[a], nodes[b])) for a, b in sorted(joined.edges)]
    width = max((n.x + n.width for n in nodes.values()), default=0) + MARGIN
    return Picture(list(nodes.values()), edges, width, 2 * MARGIN + ROW * top)


def _depths(graph: nx.DiGraph) -> dict[str, int]:
    """The length of the longest way to each claim; claims that use each other share theirs."""
    order = nx.condensation(graph)
    depth: dict[int, int] = {}
    for part in nx.topological_sort(order):
        depth[part] = 1 + max((depth[p] for p in order.predecessors(part)), default=-1)
    return {node: depth[part] for part in order for node in order.nodes[part]["members"]}


def _lefts(depth: Mapping[str, int]) -> list[float]:
    """The place where each column of the drawing begins."""
    lefts, x = [], float(MARGIN)
    for column in range(max(depth.values(), default=-1) + 1):
        lefts.append(x)
        x += _MARK + _GAP + max(_letters(n) for n, d in depth.items() if d == column)
    return lefts


def _letters(text: str) -> float:
    """Roughly how wide a text is at 11.5 pixels; a browser's letters are its own."""
    narrow, wide = sum(c in "fijlrt-1I" for c in text), sum(c in "mwMW" for c in text)
    return 7.2 * len(text) - 2.2 * narrow + 3 * wide


def _ordered(graph: nx.DiGraph, depth: Mapping[str, int]) -> list[list[str]]:
    """The columns, each sorted by where its neighbours are, so that few edges cross."""
    columns: list[list[str]] = [[] for _ in range(1 + max(depth[node] for node in graph))]
    for node in sorted(graph):
        columns[depth[node]].append(node)
    for sweep in range(_SWEEPS):
        ahead = sweep % 2 == 0
        height = {n: (i + 0.5) / len(c) for c in columns for i, n in enumerate(c)}
        for column in columns if ahead else reversed(columns):
            neighbours = graph.predecessors if ahead else graph.successors
            column.sort(key=lambda n: _mean(height[m] for m in neighbours(n)) or height[n])
            height |= {n: (i + 0.5) / len(column) for i, n in enumerate(column)}
    return columns


def _mean(numbers: Iterator[float]) -> float:
    found = list(numbers)
    return sum(found) / len(found) if found else 0.0


def _path(a: Node, b: Node) -> str:
    """The curve from the right end of one node to the left end of another."""
    x, end = a.x + a.width, b.x
    bend = max(24.0, (end - x) / 2)
    points = (x, a.y), (x + bend, a.y), (end - bend, b.y), (end, b.y)
    start, *curve = (f"{x:.0f} {y:.1f}" for x, y in points)
    return f"M{start}C{' '.join(curve)}"
