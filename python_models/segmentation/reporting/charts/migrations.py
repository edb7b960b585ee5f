"""Migrations: where the last refit took the members of each segment."""

from dataclasses import dataclass

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.fitting_text import fit_lines, text_height
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources, Segment
from segmentation.reporting.charts.style import SECOND_INK, SMALL_SIZE, TEXT_SIZE
from segmentation.reporting.charts.texts import ChartTexts

NAME_WIDTH = 158.0
NODE_WIDTH = 22.0
# Height that all enterprises share, besides what the names need.
FLOW_HEIGHT = 300.0
HEADING_HEIGHT = 18.0
NODE_GAP = 8.0
LEAST_RIBBON = 0.6


@dataclass(frozen=True)
class Migrations:
    """Enterprises by segment before and segment after the refit."""

    before: list[Segment]
    after: list[Segment]
    counts: dict[tuple[str, str], int]


@dataclass(frozen=True)
class Node:
    """A segment on one side: its stretch, and its name in lines."""

    segment: Segment
    count: int
    top: float
    height: float
    lines: list[str]


def read_migrations(sources: ChartSources) -> Migrations | None:
    """Read the migrations of the latest fit that had a predecessor."""
    rows = (
        sources.segment_migrations.project(
            "fit_id, from_segment_key, to_segment_key, enterprise_count,"
            " max(fit_id) over () as latest_fit_id"
        )
        .filter("fit_id = latest_fit_id and enterprise_count > 0")
        .project("from_segment_key, to_segment_key, enterprise_count")
        .order("from_segment_key, to_segment_key")
        .fetchall()
    )
    if not rows:
        return None
    known = sources.known_segments
    return Migrations(
        before=[s for s in known.values() if s.key in {key for key, _, _ in rows}],
        after=[s for s in known.values() if s.key in {key for _, key, _ in rows}],
        counts={(before, after): count for before, after, count in rows},
    )


def draw_migrations(migrations: Migrations, texts: ChartTexts) -> Chart:
    """Draw a flow from the segments before, at the left, to those after."""
    total = sum(migrations.counts.values())
    scale = FLOW_HEIGHT / total
    before = _lay_out_side(migrations, migrations.before, texts, side=0, scale=scale)
    after = _lay_out_side(migrations, migrations.after, texts, side=1, scale=scale)
    title = texts("title")
    height = max(_side_height(before), _side_height(after))
    sheet = Sheet.begin(
        title=title,
        subtitle=texts("subtitle", enterprises=texts.enterprises(total)),
        body_height=HEADING_HEIGHT + height,
    )
    left = sheet.left + NAME_WIDTH + 10
    right = sheet.right - NAME_WIDTH - 10 - NODE_WIDTH
    y = sheet.top + HEADING_HEIGHT / 2 - 3
    sheet.write(left + NODE_WIDTH, y, texts("before"), is_bold=True, ha="right")
    sheet.write(right, y, texts("after"), is_bold=True)
    top = sheet.top + HEADING_HEIGHT
    for side, nodes, x in ((0, before, left), (1, after, right)):
        for node in nodes:
            _draw_node(sheet, node, texts, side=side, x=x, top=top)
    leaving = {node.segment.key: node.top for node in before}
    entering = {node.segment.key: node.top for node in after}
    for source in before:
        for target in after:
            pair = (source.segment.key, target.segment.key)
            count = migrations.counts.get(pair, 0)
            if not count:
                continue
            y0, y1 = top + leaving[pair[0]], top + entering[pair[1]]
            thickness = max(count * scale, LEAST_RIBBON)
            sheet.ribbon(
                left + NODE_WIDTH, (y0, y0 + thickness), right, (y1, y1 + thickness),
                colour=source.segment.colour,
                opacity=0.28 if pair[0] == pair[1] else 0.8,
            )  # fmt: skip
            leaving[pair[0]] += count * scale
            entering[pair[1]] += count * scale
    return Chart(
        sheet=sheet,
        title=title,
        reading=_read_out(migrations, texts, total=total),
        alternative_text=_describe(migrations, texts, total=total),
    )


def _lay_out_side(
    migrations: Migrations,
    segments: list[Segment],
    texts: ChartTexts,
    *,
    side: int,
    scale: float,
) -> list[Node]:
    nodes, top = [], 0.0
    for segment in segments:
        count = sum(
            enterprises
            for pair, enterprises in migrations.counts.items()
            if pair[side] == segment.key
        )
        lines = fit_lines(
            segment.names[texts.language],
            width=NAME_WIDTH - 18, size=TEXT_SIZE, most=4,
        )  # fmt: skip
        height = max(count * scale, 1.0)
        needed = text_height(len(lines), TEXT_SIZE) + text_height(1, SMALL_SIZE)
        nodes.append(Node(segment, count, top, height, lines))
        top += max(height, needed) + NODE_GAP
    return nodes


def _side_height(nodes: list[Node]) -> float:
    last = nodes[-1]
    needed = text_height(len(last.lines), TEXT_SIZE) + text_height(1, SMALL_SIZE)
    return last.top + max(last.height, needed) + 2


def _draw_node(
    sheet: Sheet, node: Node, texts: ChartTexts, *, side: int, x: float, top: float
) -> None:
    y = top + node.top
    sheet.bar(x, y, NODE_WIDTH, node.height, colour=node.segment.colour)
    shape_y = y + text_height(1, TEXT_SIZE) / 2
    edge = sheet.left + NAME_WIDTH + 4 if side == 0 else sheet.right - NAME_WIDTH - 4
    inward = -1 if side == 0 else 1
    sheet.mark(
        edge + inward * 5, shape_y,
        marker=node.segment.marker, colour=node.segment.colour,
    )  # fmt: skip
    ha = "right" if side == 0 else "left"
    sheet.write(edge + inward * 14, y, node.lines, ha=ha, va="top")
    sheet.write(
        edge + inward * 14,
        y + text_height(len(node.lines), TEXT_SIZE) + text_height(1, SMALL_SIZE) / 2,
        texts.enterprises(node.count),
        size=SMALL_SIZE, colour=SECOND_INK, ha=ha,
    )  # fmt: skip


def _moves(migrations: Migrations) -> list[tuple[int, Segment, Segment]]:
    """Enterprises that went from one segment to another, the largest move first."""
    moves = [
        (migrations.counts[before.key, after.key], before, after)
        for before in migrations.before
        for after in migrations.after
        if before.key != after.key and (before.key, after.key) in migrations.counts
    ]
    return sorted(moves, key=lambda move: (-move[0], move[1].key, move[2].key))


def _read_out(migrations: Migrations, texts: ChartTexts, *, total: int) -> str:
    moves = _moves(migrations)
    stayed = total - sum(count for count, _, _ in moves)
    fields = {
        "stayed": texts.number(stayed),
        "stayed_share": texts.share(stayed / total),
        "enterprises": texts.enterprises(total),
    }
    if not moves:
        return texts("reading_without_moves", **fields)
    count, before, after = moves[0]
    is_tie = len(moves) > 1 and moves[1][0] == count
    return texts(
        "reading_of_equal_moves" if is_tie else "reading",
        **fields,
        largest_move=texts.enterprises(count),
        before=before.names[texts.language],
        after=after.names[texts.language],
    )


def _describe(migrations: Migrations, texts: ChartTexts, *, total: int) -> str:
    moves = texts.listed(
        [
            texts(
                "move",
                enterprises=texts.enterprises(count),
                before=before.names[texts.language],
                after=after.names[texts.language],
            )
            for count, before, after in _moves(migrations)
        ]
    )
    return texts(
        "alternative_text",
        enterprises=texts.enterprises(total),
        moves=moves or texts("no_move"),
    )
