"""The pictures in the repository are those that the demonstration data give."""

from io import BytesIO
from pathlib import Path

import numpy as np
from dbt_project import DbtProject
from PIL import Image
from project_copies import CHECKOUT
from write_chart_pictures import write_chart_pictures


def test_the_committed_pictures_are_what_a_build_draws(
    built: DbtProject, tmp_path: Path
) -> None:
    """If not: ``python tools/write_chart_pictures.py`` after a build, and look."""
    (tmp_path / "of_the_past.png").write_bytes(b"")
    paths = write_chart_pictures(built.published, tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    committed = {path.name: path for path in (CHECKOUT / "assets/charts").glob("*.png")}
    assert committed.keys() == {path.name for path in paths}
    for path in paths:
        ours, theirs = (
            np.asarray(Image.open(BytesIO(file.read_bytes())).convert("RGB"), dtype=int)
            for file in (path, committed[path.name])
        )
        assert ours.shape == theirs.shape, path.name
        # Another platform may round an edge otherwise; a digit is hundreds of dots.
        assert (np.abs(ours - theirs).max(axis=2) > 64).sum() <= 5, path.name
    # Together with their texts they go into a page, once per language.
    assert sum(path.stat().st_size for path in paths) < 500_000
