"""What is told as a reason is one: computed anew from what is published, with SciPy."""

import duckdb
import jinja2
import pandas as pd
import pytest
from dbt_project import DbtProject
from project_copies import CHECKOUT
from scipy.stats import hypergeom

CLIENTS = """
select clients.*, runner_up.cluster_id as runner_up_cluster_id
from enterprise_segments as clients
inner join cluster_profiles as runner_up
    on clients.runner_up_segment_key = runner_up.segment_key
"""


def table(project: DbtProject, query: str) -> pd.DataFrame:
    with duckdb.connect(str(project.published), read_only=True) as publication:
        return publication.sql(query).df()


@pytest.fixture(scope="module")
def clients(built: DbtProject) -> pd.DataFrame:
    return table(built, CLIENTS)


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


def test_a_trade_is_told_where_its_own_column_decides_and_chance_does_not(
    built: DbtProject, clients: pd.DataFrame
) -> None:
    """Beside the runner-up: 199 explanations named one, of 148 chance could be why."""
    centroids = table(
        built,
        "from fit_parameters where parameter = 'centroid'"
        " and feature_name = 'category_name'",
    ).pivot(index="cluster_id", columns="feature_level", values="value")
    told = clients[clients["explanation_fr"].str.contains("activité «")]
    assert 0 < len(told) < len(clients)
    for client in told.itertuples():
        own, runner_up = (
            clients[clients["cluster_id"] == cluster_id]["category_name"]
            for cluster_id in (client.cluster_id, client.runner_up_cluster_id)
        )
        have, others_have = (
            (trades == client.category_name).sum() for trades in (own, runner_up)
        )
        both = len(own) + len(runner_up)
        assert hypergeom.sf(have - 1, both, have + others_have, len(own)) <= 0.01
        place = (centroids.columns == client.category_name).astype(float)
        nearer = (place - centroids.loc[client.runner_up_cluster_id]) ** 2
        nearer -= (place - centroids.loc[client.cluster_id]) ** 2
        assert nearer[client.category_name] >= nearer.sum() / 2
