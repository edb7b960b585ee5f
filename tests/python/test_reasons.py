"""What is told as a reason is one: computed anew from what is published, with SciPy."""

import duckdb
import jinja2
import pandas as pd
import pytest
from project_copies import CHECKOUT
from scipy.stats import hypergeom


def test_a_chance_is_the_upper_tail_of_the_hypergeometric_distribution() -> None:
    """To seven digits, from a handful of members to a million."""
    columns = ["member_count", "cluster_total", "value_total", "population_total"]
    counts = pd.DataFrame(
        [
            *([1, 1, 1, 2], [3, 4, 4, 8], [4, 4, 4, 8], [1, 3, 1, 3]),
            *([27, 150, 43, 421], [16, 150, 43, 421], [6, 25, 19, 421]),
            *([2_600, 250_000, 10_000, 10**6], [251_000, 500_000, 500_000, 10**6]),
        ],
        columns=columns,
    )
    macros = (CHECKOUT / "macros/engine/chances.sql").read_text(encoding="utf-8")
    query = "with {{ chances_of('counts') }} select * from chances"
    query = jinja2.Template(macros + query).render(in_order="{}({})".format)

    with duckdb.connect() as connection:
        found = connection.from_df(counts).query("counts", query).df()

    found = counts.merge(found, how="left", on=columns)
    hits, draws, marked, everybody = counts.to_numpy().T
    expected = pd.Series(hypergeom.sf(hits - 1, everybody, marked, draws))
    is_more = hits * everybody > draws * marked
    assert found["chance"].to_numpy() == pytest.approx(
        expected.where(is_more).to_numpy(), rel=1e-7, nan_ok=True
    )
