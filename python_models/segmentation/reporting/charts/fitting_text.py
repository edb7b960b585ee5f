"""Measure texts, and break them so that they fit."""

from functools import cache

from matplotlib.textpath import text_to_path

from segmentation.reporting.charts.style import LINE_SPACING, font

# Hinting may draw letters a little wider than the outlines are.
HINTING_ALLOWANCE = 1.02


@cache
def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Width of one line in points."""
    width, _, _ = text_to_path.get_text_width_height_descent(
        text, font(size, is_bold=is_bold), ismath=False
    )
    return width * HINTING_ALLOWANCE


def text_height(line_count: int, size: float) -> float:
    """Height of so many lines in points."""
    return line_count * size * LINE_SPACING


def fit_lines(
    text: str, *, width: float, size: float, most: int = 1, is_bold: bool = False
) -> list[str]:
    """Break a text into lines that fit a width, and abbreviate what is too long.

    Parameters
    ----------
    text : str
    width, size : float
        In points.
    most : int
        So many lines at most; the last ends in an ellipsis if the text goes on.
    is_bold : bool

    Returns
    -------
    list of str
        At least one line.
    """

    def fits(line: str) -> bool:
        return text_width(line, size, is_bold=is_bold) <= width

    # Not split(): a no-break space must not break.
    words = [word for word in text.replace("\n", " ").split(" ") if word]
    lines = [""]
    for word in words:
        joined = f"{lines[-1]} {word}".strip(" ")
        if fits(joined):
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if not fits(lines[-1] + letter):
                lines.append("")
            lines[-1] += letter
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and not fits(f"{last}…"):
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:-')}…"]
