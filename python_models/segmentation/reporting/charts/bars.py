"""Bars and flows: sizes of segments, their migrations, and dimensions by segment."""

from matplotlib.patches import PathPatch
from matplotlib.path import Path

from segmentation.reporting.charts import sheet as on
from segmentation.reporting.charts.reading import (
    MOST_PLACES,
    VALUES_PER_SEGMENT,
    Content,
)
from segmentation.reporting.charts.texts import ChartTexts

SIZE_HEIGHT = 15.0
# Right of the longest bar, for its label.
LABEL_WIDTH = 104.0
SIDE_WIDTH, NODE_WIDTH, NODE_GAP = 158.0, 22.0, 8.0
# Height that all members share, besides what the names need.
FLOW_HEIGHT = 300.0
HEADING_HEIGHT = 18.0
LEAST_RIBBON = 0.6
CARD_GAP, CARD_SPACING = 28.0, 14.0
# Names in a card take the width of the longest, up to this.
CARD_NAME_WIDTH = 140.0
SHARE_WIDTH, SHARE_HEIGHT = 34.0, 9.0
NAME_WIDTH, BAR_HEIGHT, PART_SIZE = 172.0, 11.0, 7.5


def draw_sizes(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """One bar per segment: a member set by hand counts where it is."""
    counts = {segment: segment.placed_count for segment in content.segments}
    total = sum(counts.values())
    sheet = on.Sheet(texts, members=total)
    top = sheet.y
    left, rows = sheet.names(content.segments)
    scale = (sheet.right - LABEL_WIDTH - left) / max(counts.values())
    for segment, y in rows:
        width = counts[segment] * scale
        sheet.bar(left, y, width, SIZE_HEIGHT, segment.colour)
        share = texts.share(counts[segment] / total)
        sheet.write(left + width + 5, y, f"{texts.number(counts[segment])} ({share})")
    sheet.vertical(left, top, sheet.y, colour=on.SECOND_INK)

    sizes = [
        texts("size", segment=segment, members=count, share=count / total)
        for segment, count in counts.items()
    ]
    fields = {"members": total, "sizes": texts.listed(sizes)}
    for end, choose in (("largest", max), ("smallest", min)):
        segment = choose(counts, key=counts.__getitem__)
        count = counts[segment]
        fields |= {end: segment, f"{end}_count": count, f"{end}_members": count}
        fields[f"{end}_share"] = count / total
    ties = fields["number_of_smallest"] = list(counts.values()).count(count)
    reading = "reading_of_equal_smallest" if ties > 1 else "reading"
    if ties == len(counts):
        reading = "reading_of_equal_sizes" if ties > 1 else "reading_of_one_segment"
    return sheet, reading, fields


def draw_migrations(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """Draw a flow from the segments before, at the left, to those after."""
    total = sum(content.figures.values())
    scale = FLOW_HEIGHT / total
    sheet = on.Sheet(texts, members=total)
    left = sheet.left + SIDE_WIDTH + 10 + NODE_WIDTH
    right = sheet.right - SIDE_WIDTH - 10 - NODE_WIDTH
    y = sheet.y + HEADING_HEIGHT / 2 - 3
    sheet.write(left, y, texts("before"), is_bold=True, ha="right")
    sheet.write(right, y, texts("after"), is_bold=True)
    top = sheet.y + HEADING_HEIGHT
    tops = [_draw_side(sheet, content, side, top=top, scale=scale) for side in (0, 1)]
    bend, curve = (left + right) / 2, [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    moves = []
    for before in content.segments:
        for after in content.segments:
            count = content.figures.get((before.key, after.key), 0)
            if not count:
                continue
            y0, y1 = tops[0][before.key], tops[1][after.key]
            tops[0][before.key] += count * scale
            tops[1][after.key] += count * scale
            z0, z1 = (y + max(count * scale, LEAST_RIBBON) for y in (y0, y1))
            there = [(left, y0), (bend, y0), (bend, y1), (right, y1)]
            back = [(right, z1), (bend, z1), (bend, z0), (left, z0), (left, y0)]
            look = {"alpha": 0.28 if before is after else 0.8, "lw": 0.3, "zorder": 2}
            outline = Path([*there, *back], codes)
            sheet.axes.add_artist(PathPatch(outline, color=before.colour, **look))
            if before is not after:
                moves.append((count, before, after))
    moves.sort(key=lambda move: (-move[0], move[1].key, move[2].key))
    stayed = total - sum(count for count, *_ in moves)
    fields = {"stayed_share": stayed / total, "members": total}
    listed = [texts("move", members=n, before=b, after=a) for n, b, a in moves]
    fields["moves"] = texts.listed(listed) or texts("no_move")
    if not moves:
        return sheet, "reading_without_moves", fields
    is_tie = len(moves) > 1 and moves[1][0] == moves[0][0]
    fields["largest_move"] = texts.members(moves[0][0])
    fields |= {"before": moves[0][1], "after": moves[0][2]}
    return sheet, "reading_of_equal_moves" if is_tie else "reading", fields


def _draw_side(
    sheet: on.Sheet, content: Content, side: int, *, top: float, scale: float
) -> dict[str, float]:
    """Draw the segments of one side; where each begins."""
    tops, y = {}, top
    inward, ha = ((-1, "right"), (1, "left"))[side]
    edge = (sheet.left + SIDE_WIDTH + 4, sheet.right - SIDE_WIDTH - 4)[side]
    node = edge + 6 if side == 0 else edge - 6 - NODE_WIDTH
    for segment in content.segments:
        moved = [n for pair, n in content.figures.items() if pair[side] == segment.key]
        if not moved:
            continue
        tops[segment.key] = y
        name = sheet.texts.name(segment)
        lines = on.fit_lines(name, SIDE_WIDTH - 18, most=4)
        height = max(sum(moved) * scale, 1.0)
        sheet.bar(node, y + height / 2, NODE_WIDTH, height, segment.colour)
        sheet.shape(segment, edge + inward * 5, y + on.text_height(1) / 2)
        x, below = edge + inward * 14, on.text_height(len(lines))
        sheet.write(x, y, lines, ha=ha, va="top")
        line = on.text_height(1, on.SMALL_SIZE)
        sheet.small(x, y + below + line / 2, sheet.texts.members(sum(moved)), ha=ha)
        y += max(height, below + line) + NODE_GAP
    sheet.y = max(sheet.y, y - NODE_GAP + 2)
    return tops


def draw_mix(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """One card per segment: a bar per frequent value, and a tick for all members."""
    mixes: dict[str, list[tuple[str, float, float]]] = content.figures
    sheet = on.Sheet(texts, shown=VALUES_PER_SEGMENT)
    width = (sheet.right - sheet.left - CARD_GAP) / 2
    every = [row for mix in mixes.values() for row in mix]
    lines_of = {
        name: on.fit_lines(name, CARD_NAME_WIDTH, on.SMALL_SIZE, most=3)
        for name, *_ in every
    }
    axis = max(on.widest(lines, on.SMALL_SIZE) for lines in lines_of.values()) + 8
    scale = (width - axis - SHARE_WIDTH) / max(max(shares) for _, *shares in every)
    bottom = top = sheet.y
    leaders = []
    for i, segment in enumerate(content.segments):
        if i and i % 2 == 0:
            top = bottom + CARD_SPACING
        left = sheet.left + i % 2 * (width + CARD_GAP)
        heading = on.fit_lines(texts.name(segment), width - 16, most=3, is_bold=True)
        sheet.shape(segment, left + 5, top + on.text_height(1) / 2)
        sheet.write(left + 16, top, heading, is_bold=True, va="top")
        first = y = top + on.text_height(len(heading)) + 4
        zero = left + axis
        mix = mixes.get(segment.key, [])
        for value, share, overall in mix:
            height = on.text_height(len(lines_of[value]), on.SMALL_SIZE) + 4
            middle = y + height / 2
            sheet.small(left, middle, lines_of[value], colour=on.INK)
            sheet.bar(zero, middle, share * scale, SHARE_HEIGHT, segment.colour)
            tick, reach = zero + overall * scale, SHARE_HEIGHT / 2 + 2
            look = {"colour": on.INK, "lw": 1.4, "zorder": 3}
            sheet.vertical(tick, middle - reach, middle + reach, **look)
            end = max(zero + share * scale, tick)
            sheet.small(end + 5, middle, texts.share(share))
            y += height
        if mix:
            sheet.vertical(zero, first, y)
            fields = {"segment": segment, "name": mix[0][0], "share": mix[0][1]}
            leaders.append(texts("leading_value", **fields))
        else:
            y += on.text_height(1, on.SMALL_SIZE) + 4
            none = texts("no_value")
            sheet.small(left + 16, (first + y) / 2, none, colour=on.FAINT_INK)
        bottom = max(bottom, y)
    sheet.y = bottom
    return sheet, "reading", {"leaders": texts.listed(leaders)}


def draw_ranking(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """One bar per value; its parts are the segments in the order of the legend."""
    places, name_count, known_count, unknown_count = content.figures
    totals = [total for _, total, _ in places]
    sheet = on.Sheet(texts, most=MOST_PLACES)
    sheet.legend(content.segments)
    axis = sheet.left + NAME_WIDTH + 6
    label_width = on.widest([texts.number(n) for n in totals], on.SMALL_SIZE) + 8
    scale = (sheet.right - axis - label_width) / max(totals)
    top = sheet.y
    for name, total, counts in places:
        lines = on.fit_lines(name, NAME_WIDTH, on.SMALL_SIZE, most=2)
        height = on.text_height(len(lines), on.SMALL_SIZE) + 5
        middle = sheet.y + height / 2
        sheet.small(axis - 6, middle, lines, colour=on.INK, ha="right")
        left = axis
        for segment in content.segments:
            width = counts.get(segment.key, 0) * scale
            # A gap of paper between the parts, unless it would eat them up.
            seen = width - (0.8 if width > 3 else 0.0)
            sheet.bar(left, middle, seen, BAR_HEIGHT, segment.colour)
            label = texts.number(counts.get(segment.key, 0))
            if len(counts) > 1 and on.widest([label], PART_SIZE) + 5 <= width:
                look = {"colour": on.ink_on(segment.colour), "ha": "center"}
                sheet.write(left + seen / 2, middle, label, size=PART_SIZE, **look)
            left += width
        sheet.small(left + 4, middle, texts.number(total), colour=on.INK)
        sheet.y += height
    sheet.vertical(axis, top, sheet.y, colour=on.SECOND_INK)
    if name_count > len(places):
        rest = {"names": name_count - len(places), "members": known_count - sum(totals)}
        sheet.notes.append(texts("others", **rest))
    if unknown_count:
        sheet.notes.append(texts("unknown_name", members=unknown_count))

    sizes = [texts("size", name=name, members=total) for name, total, _ in places]
    fields = {
        "first": places[0][0],
        "first_members": totals[0],
        "first_share": totals[0] / (known_count + unknown_count),
        "total": known_count + unknown_count,
        "shown": len(places),
        "sizes": texts.listed(sizes),
    }
    if len(places) == 1:
        return sheet, "reading_of_one_name", fields
    fields |= {"second": places[1][0], "second_members": totals[1]}
    return sheet, "reading_of_tie" if totals[0] == totals[1] else "reading", fields
