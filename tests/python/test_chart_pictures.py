"""The pictures in the repository are those that the demonstration data give."""

from io import BytesIO
from pathlib import Path

import numpy as np
from dbt_project import DbtProject
from PIL import Image
from write_chart_pictures import write_chart_pictures

CHECKOUT = Path(__file__).parents[2]


def test_the_committed_pictures_are_what_a_build_draws(built: DbtProject) -> None:
    """If not: ``python tools/write_chart_pictures.py`` after a build, and look."""
    committed = {
        path.stem: path.read_bytes()
        for path in (CHECKOUT / "assets" / "charts").glob("*.png")
    }
    drawn = dict(built.rows("select chart_name, png from charts"))
    assert committed.keys() == drawn.keys()
    for name, png in drawn.items():
        ours, theirs = (
            np.asarray(Image.open(BytesIO(data)).convert("RGB"), dtype=int)
            for data in (png, committed[name])
        )
        assert ours.shape == theirs.shape, name
        # Another platform may round an edge otherwise; a digit is hundreds of dots.
        assert (np.abs(ours - theirs).max(axis=2) > 64).sum() <= 5, name


def test_pictures_are_written_by_name_and_stale_ones_go(
    built: DbtProject, tmp_path: Path
) -> None:
    (tmp_path / "of_the_past.png").write_bytes(b"")
    paths = write_chart_pictures(built.published, tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    drawn = dict(built.rows("select chart_name, png from charts"))
    assert {path.stem: path.read_bytes() for path in paths} == drawn
    # Together with their texts they go into a page, once per language.
    assert sum(map(len, drawn.values())) < 700_000
