"""The segmentation of accounts says what plain computations of the same say."""

import shutil

import numpy as np
import pandas as pd
import pytest
from conftest import MESSY_AGENCY, build_once
from project_copies import CHECKOUT
from sklearn.cluster import KMeans
from sklearn.preprocessing import QuantileTransformer, StandardScaler

FIXTURES = CHECKOUT / "tests" / "fixtures"
CDNOW_END = "1997-09-30"
FEATURES = ["total_sales_eur", "order_count", "avg_order_value_eur"]


@pytest.fixture(scope="module")
def accounts(built):
    """Provide the published accounts of the demonstration, by id."""
    columns = [
        *(
            "account_id",
            "cluster_id",
            "first_sold_on::varchar",
            "last_sold_on::varchar",
        ),
        *("distinct_product_count", "country", "recency_days"),
        *("recency_score", "frequency_score", "monetary_score"),
        *(f"{feature}::double" for feature in FEATURES),
    ]
    rows = built.rows(f"select {', '.join(columns)} from account_segments")
    names = [column.partition(":")[0] for column in columns]
    table = pd.DataFrame(rows, columns=names).sort_values("account_id")
    return table.set_index("account_id")


def test_the_accounts_of_the_demonstration_are_those_beneath_its_lines(accounts):
    planted = pd.read_csv(
        FIXTURES / "demonstration_accounts.csv", dtype={"account_id": str}
    ).set_index("account_id")
    columns = [column for column in planted.columns if column != "kind"]
    pd.testing.assert_frame_equal(
        accounts[columns], planted[columns].sort_index(), check_dtype=False
    )


def test_scores_are_the_fifths_of_ranks_that_pandas_cuts(accounts):
    """Of equal values the first by id ranks first; the most recent scores the most."""
    for score, values in {
        "recency_score": -accounts["recency_days"],
        "frequency_score": accounts["order_count"],
        "monetary_score": accounts["total_sales_eur"],
    }.items():
        ranks = values.rank(method="first")
        expected = pd.qcut(ranks, 5, labels=range(1, 6)).astype(int)
        assert expected.tolist() == accounts[score].tolist(), score


def test_clusters_are_those_of_k_means_on_ranks(accounts):
    """Labels differ between the two by numbers only, account by account."""
    features = accounts[FEATURES].to_numpy()
    ranks = QuantileTransformer(
        n_quantiles=min(1000, len(features)), subsample=None
    ).fit_transform(features)
    labels = KMeans(n_clusters=4, n_init=10, random_state=42).fit_predict(
        StandardScaler().fit_transform(ranks)
    )
    pairs = set(zip(labels, accounts["cluster_id"], strict=True))
    assert len(pairs) == len({label for label, _ in pairs}) == 4


@pytest.mark.slow
def test_the_published_summary_of_cdnow_is_found_again(tmp_path_factory):
    """Frequency, recency, age and mean spend of its 2,357 customers, as files."""
    raw_files = tmp_path_factory.mktemp("cdnow_files")
    shutil.copytree(MESSY_AGENCY, raw_files, dirs_exist_ok=True)
    lines = pd.read_csv(FIXTURES / "cdnow" / "sales_lines.csv", dtype=str)
    lines = lines[lines["sold_on"] <= CDNOW_END]
    lines.to_csv(raw_files / "sales_lines.csv", index=False)
    project = build_once(
        tmp_path_factory,
        "cdnow",
        raw_source="files",
        evaluate="false",
        data_set="cdnow",
        as_of=f"{CDNOW_END} 12:00:00",
        RAW_DATA_DIR=str(raw_files),
    )
    columns = ["ID", "x", "recency_days", "tenure_days", "total_sales"]
    accounts = pd.DataFrame(
        project.rows(
            "select account_id::int, purchase_day_count - 1, recency_days, tenure_days,"
            " total_sales_eur::double from account_segments"
        ),
        columns=columns,
    ).set_index("ID")
    first_days = dict(
        project.rows(
            "select account_id::int, sum(sales_eur)::double"
            " from intermediate.int_sales_lines_disposed"
            " inner join features.account_features using (account_id)"
            " where disposition = 'used' and sold_on = first_sold_on group by 1",
            database=project.build_database,
        )
    )
    summary = pd.read_csv(FIXTURES / "cdnow" / "summary.csv").set_index("ID")
    accounts = accounts.reindex(summary.index)
    assert len(summary) == 2357
    assert accounts["x"].tolist() == summary["x"].tolist()
    days = (accounts["tenure_days"] - accounts["recency_days"]).where(
        accounts["x"] > 0, 0
    )
    assert np.abs(days / 7 - summary["t_x"]).max() < 0.00501
    assert np.abs(accounts["tenure_days"] / 7 - summary["T"]).max() < 0.00501
    later = accounts["total_sales"] - accounts.index.map(first_days)
    mean_spend = (later / accounts["x"]).where(accounts["x"] > 0, 0)
    assert np.abs(mean_spend - summary["zbar"]).max() < 0.01
