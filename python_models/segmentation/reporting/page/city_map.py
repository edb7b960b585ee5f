"""Lay out a map of cities: circles by number of clients, parted by segment."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

# The page's map has so many units, and at most so many circles and names.
WIDTH, HEIGHT = 640, 560
MOST_CITIES, MOST_NAMES = 60, 15
LARGEST, SMALLEST = 34, 5
MARGIN = 70
# Degrees of latitude that are shown at least.
LEAST_DEGREES = 1.0
LETTER_WIDTH, LETTER_HEIGHT = 8.0, 16.0
# A degree of longitude is as long as so many of latitude, in the middle of France.
NARROWING = math.cos(math.radians(46.5))
_OUTLINE = Path(__file__).parent / "france.json"


def lay_out_cities(
    cities: list[dict[str, Any]], colours: dict[str, str]
) -> dict[str, Any]:
    """Place the circles of cities on the part of France that holds them.

    Parameters
    ----------
    cities : list of dict
        ``name``, ``latitude`` and ``longitude`` in degrees (WGS 84) or None,
        ``total`` and ``counts``, clients and clients by the key of their segment; the
        largest city first.
    colours : dict of str to str
        Colours by the key of a segment, in the order of the parts of a circle.

    Returns
    -------
    dict
        ``outline`` and ``whole``, paths of SVG, the latter of all of France in a
        hundred units; ``part``, what the map shows of it; ``places``, of each city its
        circle and its parts, and where its name stands if there is room; ``beside``,
        cities without coordinates or beyond the outline's rectangle, the largest;
        ``left_out``, how many cities and clients there are besides. Circles have areas
        by numbers; those that would overlap are pushed apart.
    """
    rings = [_flat(np.array(ring)) for ring in json.loads(_OUTLINE.read_text("utf-8"))]
    everything = np.concatenate(rings)
    first, last = everything.min(axis=0), everything.max(axis=0)
    shown, beside = [], []
    for city in cities:
        at = None
        if city["latitude"] is not None and city["longitude"] is not None:
            at = _flat(np.array([[city["longitude"], city["latitude"]]]))[0]
        is_inside = at is not None and bool((at >= first).all() and (at <= last).all())
        if is_inside:
            shown.append((city, at))
        else:
            beside.append(city)
    left_out = [city for city, _ in shown[MOST_CITIES:]] + beside[MOST_CITIES:]
    shown = shown[:MOST_CITIES]
    answer = {
        **{"width": WIDTH, "height": HEIGHT, "places": []},
        "beside": beside[:MOST_CITIES],
        "left_out": {
            "city_count": len(left_out),
            "client_count": sum(city["total"] for city in left_out),
        },
    }
    if not shown:
        return answer

    at = np.array([place for _, place in shown])
    middle = (at.min(axis=0) + at.max(axis=0)) / 2
    room = np.array([WIDTH, HEIGHT]) - 2 * MARGIN
    scale = float((room / np.maximum(np.ptp(at, axis=0), LEAST_DEGREES)).min())
    corner = middle - np.array([WIDTH, HEIGHT]) / 2 / scale
    totals = np.array([city["total"] for city, _ in shown], dtype=float)
    radii = np.maximum(LARGEST * np.sqrt(totals / totals.max()), SMALLEST)
    centres = _push_apart((at - corner) * scale, radii)
    to_small = 100 / float((last - first).max())
    part = [*(corner - first), *(np.array([WIDTH, HEIGHT]) / scale)]
    return answer | {
        "outline": _path([(ring - corner) * scale for ring in rings]),
        "whole": _path([(ring - first) * to_small for ring in rings]),
        "part": [round(float(value) * to_small, 1) for value in part],
        "places": [
            {
                "name": city["name"],
                "count": int(total),
                "x": round(float(x), 1),
                "y": round(float(y), 1),
                "radius": round(float(radius), 1),
                "parts": _parts(city["counts"], colours, radius),
                "label": label,
            }
            for (city, _), (x, y), radius, total, label in zip(
                shown, centres, radii, totals,
                _labels([city["name"] for city, _ in shown], centres, radii),
                strict=True,
            )
        ],
    }  # fmt: skip


def _flat(degrees: np.ndarray) -> np.ndarray:
    """Project longitude and latitude to a plane, in degrees of latitude, down."""
    return degrees * [NARROWING, -1]


def _path(rings: list[np.ndarray]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings
    )


def _push_apart(centres: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Move circles until none overlaps another, the smaller of two the farther."""
    centres = centres.copy()
    for _ in range(100):
        has_moved = False
        for i in range(len(radii)):
            for j in range(i):
                apart = centres[i] - centres[j]
                distance = math.hypot(*apart)
                missing = radii[i] + radii[j] + 2 - distance
                if missing > 0.01:
                    has_moved = True
                    # Two at one place part along a direction of their own.
                    way = apart / distance if distance else [math.cos(i), math.sin(i)]
                    share = radii[j] ** 2 / (radii[i] ** 2 + radii[j] ** 2)
                    centres[i] += np.multiply(way, missing * share)
                    centres[j] -= np.multiply(way, missing * (1 - share))
        if not has_moved:
            break
    return centres


def _parts(
    counts: dict[str, int], colours: dict[str, str], radius: float
) -> list[dict[str, str]]:
    """Part a circle around its centre by segment, from the top."""
    total, parts, passed = sum(counts.values()), [], 0
    for key, colour in colours.items():
        count = counts.get(key, 0)
        if count == 0:
            continue
        x, y, to_x, to_y = (
            wave(2 * math.pi * n / total) * radius * sign
            for n in (passed, passed + count)
            for wave, sign in ((math.sin, 1), (math.cos, -1))
        )
        is_large = int(2 * count > total)
        arc = f"A{radius:.1f} {radius:.1f} 0 {is_large} 1 {to_x:.1f} {to_y:.1f}"
        if count == total:
            arc = f"a{radius:.1f} {radius:.1f} 0 1 1 .01 0"
        parts.append({"colour": colour, "path": f"M0 0L{x:.1f} {y:.1f}{arc}Z"})
        passed += count
    return parts


def _labels(
    names: list[str], centres: np.ndarray, radii: np.ndarray
) -> list[dict[str, Any] | None]:
    """Say where the names of the largest stand: where they cover nothing, if at all."""
    taken = [
        (x - r, y - r, x + r, y + r) for (x, y), r in zip(centres, radii, strict=True)
    ]
    labels: list[dict[str, Any] | None] = []
    for i, (name, (x, y), radius) in enumerate(zip(names, centres, radii, strict=True)):
        label, width, half = None, LETTER_WIDTH * len(name), LETTER_HEIGHT / 2
        away = radius + 4
        for dx, dy, anchor, left in (
            (away, 0, "start", away),
            (-away, 0, "end", -away - width),
            (0, -away - half, "middle", -width / 2),
            (0, away + half, "middle", -width / 2),
        ) if i < MOST_NAMES else ():  # fmt: skip
            box = (x + left, y + dy - half, x + left + width, y + dy + half)
            is_on_map = box[0] >= 0 and box[2] <= WIDTH and 0 <= box[1] < HEIGHT - half
            if is_on_map and not any(
                box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3]
                for b in taken
            ):
                label = {"x": round(dx, 1), "y": round(dy + 5, 1), "anchor": anchor}
                taken.append(box)
                break
        labels.append(label)
    return labels
