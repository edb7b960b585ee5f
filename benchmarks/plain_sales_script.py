"""The obvious pandas and scikit-learn script of the segmentation of accounts.

As plain_script.py: read, clean the easy part, take out duplicates and credits, sum up
by account, cluster the ranks, choose k by the silhouette, score recency, frequency and
sales, list the top products, write the tables. It keeps no identity, no history, no cut
points, and gives no account of what it left out.

Usage::

    python benchmarks/plain_sales_script.py RAW_DATA_DIR OUTPUT_DIR
"""

import sys
from pathlib import Path

import pandas as pd
from plain_script import text_key
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

MEASURES = ["total_sales_eur", "order_count", "avg_order_value_eur"]
SALE = ["account_id", "contract_id", "product_code", "unit_price_eur", "size"]
COUNTRIES = {"france": "FR", "fr": "FR", "belgique": "BE", "be": "BE"}
COUNTRIES |= {"suisse": "CH", "ch": "CH", "luxembourg": "LU", "lu": "LU"}
# The silhouette compares all pairs; the project looks at as many.
EVALUATED = 2_000


def number(texts: pd.Series) -> pd.Series:
    plain = texts.str.replace(r"[^\d,.\-]", "", regex=True).str.replace(",", ".")
    return pd.to_numeric(plain, errors="coerce")


def day(texts: pd.Series) -> pd.Series:
    """Read both usual forms."""
    iso = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")
    return iso.fillna(pd.to_datetime(texts, format="%d/%m/%Y", errors="coerce"))


def read_lines(folder: Path, as_of: pd.Timestamp) -> pd.DataFrame:
    lines = pd.read_csv(folder / "sales_lines.csv", dtype=str)
    for column in ("line_id", "account_id", "contract_id", "product_code"):
        lines[column] = lines[column].str.strip()
    lines["quantity"] = number(lines["quantity"])
    lines["unit_price_eur"] = number(lines["unit_price_eur"])
    lines["sold_on"] = day(lines["sold_on"].str.strip())
    lines["country"] = text_key(lines["country"]).map(COUNTRIES)
    lines = lines.dropna(
        subset=["account_id", "quantity", "unit_price_eur", "sold_on"]
    ).query("unit_price_eur >= 0 and '1950-01-01' <= sold_on <= @as_of")
    has_id = lines["line_id"].notna()
    lines = pd.concat(
        [lines[has_id].drop_duplicates(["line_id", "quantity"]), lines[~has_id]]
    )
    lines["product_code"] = lines["product_code"].fillna(lines["product_name"])
    lines["size"] = lines["quantity"].abs()
    lines = lines.sort_values("sold_on")
    sales, credits = lines[lines["quantity"] > 0], lines[lines["quantity"] < 0]
    sales, credits = (
        each.assign(number=each.groupby(SALE, dropna=False).cumcount())
        for each in (sales, credits)
    )
    taken_back = sales.reset_index().merge(credits[[*SALE, "number"]])["index"]
    return sales.drop(index=taken_back).assign(
        sales_eur=lambda kept: (kept["quantity"] * kept["unit_price_eur"]).round(2)
    )


def make_features(lines: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    by_account = lines.groupby("account_id")
    features = by_account.agg(
        total_sales_eur=("sales_eur", "sum"),
        contract_count=("contract_id", "nunique"),
        line_count=("sales_eur", "size"),
        with_contract=("contract_id", "count"),
        first_sold_on=("sold_on", "min"),
        last_sold_on=("sold_on", "max"),
        distinct_product_count=("product_code", "nunique"),
        country=("country", "last"),
    )
    without = features["line_count"] - features["with_contract"]
    features["order_count"] = features["contract_count"] + without
    features["avg_order_value_eur"] = (
        features["total_sales_eur"] / features["order_count"]
    )
    features["recency_days"] = (as_of - features["last_sold_on"]).dt.days
    return features


def main(raw_folder: Path, folder: Path) -> None:
    as_of = pd.Timestamp.now()
    lines = read_lines(raw_folder, as_of)
    features = make_features(lines, as_of)
    space = make_pipeline(
        QuantileTransformer(n_quantiles=min(1000, len(features)), subsample=None),
        StandardScaler(),
    )
    points = space.fit_transform(features[MEASURES])
    evaluated = points[:EVALUATED]
    for k in range(2, 11):
        labels = KMeans(k, n_init=10, random_state=42).fit_predict(evaluated)
        print(k, silhouette_score(evaluated, labels))
    clusters = KMeans(4, n_init=10, random_state=42)
    features["cluster_id"] = clusters.fit_predict(points)
    features["distance_to_centroid"] = clusters.transform(points).min(axis=1)
    features["pca_x"], features["pca_y"] = PCA(2).fit_transform(points).T
    for score, measure, sign in (
        ("recency_score", "recency_days", -1),
        ("frequency_score", "order_count", 1),
        ("monetary_score", "total_sales_eur", 1),
    ):
        ranks = (sign * features[measure]).rank(method="first")
        features[score] = pd.qcut(ranks, 5, labels=range(1, 6))
    by_cluster = features.groupby("cluster_id")
    by_cluster[MEASURES].agg(["mean", "median"]).to_csv(folder / "profiles.csv")
    features.groupby(["recency_score", "frequency_score"], observed=False)[
        "total_sales_eur"
    ].agg(["size", "sum"]).to_csv(folder / "rfm_grid.csv")
    products = lines.merge(features[["cluster_id"]], on="account_id").groupby(
        ["cluster_id", "product_code"]
    )["sales_eur"]
    top = products.agg(["size", "sum"]).reset_index()
    top.sort_values("sum", ascending=False).groupby("cluster_id").head(5).to_csv(
        folder / "top_products.csv"
    )
    features.to_csv(folder / "accounts.csv", sep=";", decimal=",")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
