"""The evaluation tables of a build, and when they are made anew."""

import duckdb
import pytest
from planted_data import make_planted_groups, make_settings, make_variables
from segmentation.evaluation.evaluating import digest_variables, read_evaluation
from segmentation.learning.fitting import fit_model


@pytest.mark.parametrize(
    ("changes", "is_carried_forward"),
    [
        ({"as_of": "2026-03-02T11:59:59"}, True),
        ({"as_of": "2026-03-02T12:00:00"}, False),
        ({"evaluate_after_days": 0}, False),
        ({"evaluation_sample_size": 40}, False),
        ({"robust_recipe": {"scaling": "robust"}}, False),
        ({"n_clusters": 3}, False),
    ],
)
def test_an_evaluation_is_carried_forward_while_it_is_young_and_of_the_same(
    changes, is_carried_forward
):
    """Or is made anew, for other variables or for nothing but another model."""
    is_model = "n_clusters" in changes
    variables = make_variables(**{} if is_model else changes)
    settings = make_settings(**changes if is_model else {})
    fingerprint = fit_model(
        make_planted_groups(), settings=make_settings()
    ).fingerprint()
    model = fit_model(make_planted_groups(), settings=settings)
    with duckdb.connect() as connection:
        fits, evaluation = (
            connection.sql(
                f"select 'planted' as segmentation, 1 as fit_id, {columns}",
                params=[value],
            )
            for columns, value in (
                ("timestamp '2026-01-31' as fitted_at, ? as fingerprint", fingerprint),
                (
                    "timestamp '2026-01-31 12:00:00' as evaluated_at,"
                    " 'variables' as figure, ? as text_value",
                    digest_variables(make_variables()),
                ),
            )
        )
        rows = read_evaluation(fits, evaluation, variables=variables, model=model)
    assert (rows is not None) == is_carried_forward


def test_a_build_without_evaluation_leaves_its_tables_empty(built_from_files):
    marts = ("cluster_count_evaluation", "cluster_stability", "clustering_comparison",
             "refit_cadence", "feature_stability")  # fmt: skip
    assert [built_from_files.rows(f"from {mart}") for mart in marts] == [[]] * 5


def test_the_cadence_is_of_the_accounts_alone(built):
    measured = built.rows(
        "select segmentation, count(*), count(distinct (started_on, compared_on)),"
        " min(horizon_weeks), max(horizon_weeks), max(member_count)"
        " from refit_cadence group by all"
    )
    assert measured == [("purchases", 13, 13, 4, 52, 1500)]
    features = "select horizon_weeks, count(*) from feature_stability group by all"
    assert sorted(built.rows(features)) == [(4 * n, 3) for n in range(1, 14)]


def test_the_last_day_of_a_history_is_today(built):
    compared = """
        select count(*) from engine.member_history as history
        inner join features.account_features as features
            on history.member_id = features.account_id
        where observed_on = date '2025-06-30' and value = case feature_name
            when 'order_count' then order_count
            when 'total_sales_eur' then total_sales_eur
            else avg_order_value_eur end
    """
    assert built.rows(compared, database=built.build_database) == [(3 * 1500,)]
