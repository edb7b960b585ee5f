"""Count how often the advised number of clusters is right.

Made-up samples of a known number of groups, or of none, are evaluated as a build does,
and judged by the model ``cluster_count_evaluation`` itself. Right is the planted number
or, where nothing is planted, that none is advised.

Usage::

    python benchmarks/cluster_count_advice.py
"""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.extend(
    str(Path(__file__).resolve().parents[1] / name)
    for name in ("python_models", "tools", "tests/python")
)

import duckdb
import numpy as np
import pandas as pd
from jinja2 import Template
from planted_data import VARIABLES, make_sample, make_settings
from scipy.spatial.distance import pdist
from segmentation.evaluation.cluster_counts import evaluate_cluster_counts
from simulate_agency import write_table

PROJECT = Path(__file__).resolve().parents[1]
SIZES = (60, 421, 2000)
DRAW_COUNT = 10
WIDTH = 4
FEATURES = [f"count_{column}" for column in range(WIDTH)]
SHAPES = ("equal", "unequal", "giants")
# Right of four draws of 60 members, a case each, with the rule before: copies whose
# features were shuffled each for itself, and nobody left out. Measured once.
BEFORE = (3, 3, 0, 3, 3, 0, 4, 4, 0, 4, 0, 0, 3, 4, 1, 1, 0, 3)


def plant(
    random: np.random.Generator, size: int, *, count: int, shape: str
) -> np.ndarray:
    """Groups of width 100, 600 or more apart, the largest up to three times as large.

    With giants the counts of three members are thirty times as high.
    """
    while True:
        centres = random.uniform(500, 1700, size=(count, WIDTH))
        if pdist(centres).min() >= 600:
            break
    weights = np.linspace(1, 3 if shape == "unequal" else 1, count).cumsum()
    bounds = (weights[:-1] / weights[-1] * size).round()
    groups = np.searchsorted(bounds, np.arange(size), side="right")
    counts = random.normal(centres[groups], 100)
    counts[: 3 if shape == "giants" else 0] *= 30
    return counts


def scatter(random: np.random.Generator, size: int, *, kind: str) -> np.ndarray:
    """Members without groups; a number is the correlation of one Gaussian."""
    shared, own = random.normal(size=(size, 1)), random.normal(size=(size, WIDTH))
    if kind == "uniform":
        return random.uniform(0, 1000, size=(size, WIDTH))
    if kind == "continuum":
        place = random.uniform(0, 1000, size=(size, 1))
        return 300 + place * np.linspace(0.5, 1.5, WIDTH) + 100 * own
    if kind == "heavy tails":
        return 500 * np.exp(0.85 * (shared + own))
    correlation = float(kind)
    return 1000 + 150 * (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)


CASES = {
    f"{count} groups, {shape}": (plant, {"count": count, "shape": shape}, count)
    for count in (3, 4, 5, 8)
    for shape in SHAPES
} | {
    name: (scatter, {"kind": kind}, None)
    for name, kind in (
        ("uniform", "uniform"),
        *((f"one Gaussian, correlation {r}", r) for r in ("0", "0.5", "0.9")),
        ("continuum", "continuum"),
        ("heavy tails", "heavy tails"),
    )
}


def make_case(case: str, *, size: int, draw: int) -> pd.DataFrame:
    make, options, _ = CASES[case]
    random = np.random.default_rng([draw, size, list(CASES).index(case)])
    points = make(random, size, **options)
    return make_sample(**dict(zip(FEATURES, points.T.tolist(), strict=True)))


def judge(case: str, *, size: int, draw: int) -> str:
    """Tell whether the advice is right, wrong or that it cannot be told."""
    settings = make_settings(
        numeric_features=FEATURES, categorical_features=(), identified_by=FEATURES
    )
    figures = evaluate_cluster_counts(
        make_case(case, size=size, draw=draw), settings=settings
    )
    verdicts = read_verdicts(figures, member_count=size)
    advised = [count for count, verdict in verdicts.items() if verdict == "advised"]
    if "undecidable" in verdicts.values():
        return "undecidable"
    return "right" if (advised or [None]) == [CASES[case][2]] else "wrong"


def read_verdicts(figures: dict, *, member_count: int) -> dict[int, str]:
    """Run the model that judges the figures, as dbt would write it."""
    model, macro = (
        (PROJECT / path).read_text("utf-8")
        for path in (
            "models/engine/published/cluster_count_evaluation.sql",
            "macros/engine/figure.sql",
        )
    )
    query = Template(macro + model).render(
        ref=lambda name: name,
        var={"language": "en"}.get,
        segmentations=lambda: {"planted": VARIABLES},
    )
    rows = [
        ("planted", None, "cluster_count", str(count), figure, float(value))
        for count, of_count in figures.items()
        for figure, value in of_count.items()
    ]
    columns = ("segmentation", "evaluated_at", "section", "subject", "figure", "value")
    evaluation_figures = pd.DataFrame(rows, columns=columns)  # noqa: F841
    with duckdb.connect() as connection:
        connection.execute(
            "create table current_fits as"
            f" select 'planted' as segmentation, {member_count} as member_count;"
            "create table evaluation_readings as from read_csv("
            f"'{PROJECT}/seeds/reference/evaluation_readings.csv')"
        )
        found = connection.sql(query).project("cluster_count, verdict")
        return dict(found.order("cluster_count").fetchall())


def judge_draws(case_and_size: tuple[str, int]) -> str:
    case, size = case_and_size
    found = Counter(judge(case, size=size, draw=draw) for draw in range(DRAW_COUNT))
    return f"{found['right']} ({found['undecidable']})"


def main() -> None:
    tasks = [(case, size) for case in CASES for size in SIZES]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(tasks, pool.map(judge_draws, tasks), strict=True))
    rows = [["case", "before, 60", *(f"now, {size:,}" for size in SIZES)]]
    for case, before in zip(CASES, BEFORE, strict=True):
        rows.append([case, f"{before} of 4", *(found[case, size] for size in SIZES)])
    print(write_table(Path(__file__).with_suffix(".md"), rows))


if __name__ == "__main__":
    main()
