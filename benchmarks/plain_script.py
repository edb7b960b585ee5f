"""The obvious pandas and scikit-learn script of the same job, for comparison.

What somebody would write who needs the tables once: read, clean the easy part, join,
fit on everybody, profile, project, write one CSV. It keeps no identity and no history,
and gives no account of what it left out.

Usage::

    python benchmarks/plain_script.py RAW_DATA_DIR OUTPUT_DIR
"""

import sys
from pathlib import Path

import pandas as pd
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

COUNTS = [f"followers_{name}" for name in ("total", "facebook", "instagram", "tiktok")]
YES = {"true", "oui", "1", "actif", "vrai", "yes", "o", "y", "t"}


def text_key(texts: pd.Series) -> pd.Series:
    """Lower case, without accents and double spaces."""
    plain = (
        texts.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    )
    return plain.str.lower().str.replace(r"\s+", " ", regex=True).str.strip()


def number(texts: pd.Series) -> pd.Series:
    plain = texts.str.replace(r"[^\d,.k]", "", regex=True).str.replace(",", ".")
    thousands = plain.str.endswith("k")
    numbers = pd.to_numeric(plain.str.rstrip("k"), errors="coerce")
    return numbers.where(~thousands.fillna(False), numbers * 1000)


def make_features(folder: Path) -> pd.DataFrame:
    enterprises, accounts, turnover = (
        pd.read_csv(folder / f"{name}.csv", dtype=str)
        for name in ("enterprises", "social_accounts", "turnover")
    )
    for table in (enterprises, accounts, turnover):
        table["enterprise_id"] = table["enterprise_id"].str.strip().str.upper()
    enterprises = enterprises[text_key(enterprises["is_active"]).isin(YES)].copy()
    for column in ("enterprise_name", "category_name", "city_name"):
        enterprises[column] = enterprises[column].str.strip()
        enterprises[f"{column}_key"] = text_key(enterprises[column])
    enterprises = enterprises.dropna(subset="enterprise_id")
    enterprises = enterprises.drop_duplicates("enterprise_id").drop_duplicates(
        ["enterprise_name_key", "city_name_key", "postal_code"]
    )
    accounts["platform"] = text_key(accounts["platform"])
    accounts["followers"] = number(accounts["followers"])
    accounts["measured_on"] = pd.to_datetime(
        accounts["measured_on"], errors="coerce", format="%Y-%m-%d"
    )
    latest = accounts.dropna(subset="followers").sort_values("measured_on")
    latest = latest.drop_duplicates(["enterprise_id", "platform"], keep="last")
    wide = latest.pivot_table(
        index="enterprise_id", columns="platform", values="followers", aggfunc="sum"
    ).fillna(0)
    followers = pd.DataFrame(
        {
            "followers_total": wide.sum(axis=1),
            **{f"followers_{n}": wide.get(n, 0) for n in ("facebook", "instagram")},
            "followers_tiktok": wide.get("tiktok", 0),
        }
    )
    turnover["turnover_eur"] = number(turnover["turnover_eur"])
    last = turnover.dropna(subset="turnover_eur").sort_values("fiscal_year")
    last = last.drop_duplicates("enterprise_id", keep="last")
    features = enterprises.merge(followers, "left", on="enterprise_id").merge(
        last[["enterprise_id", "turnover_eur"]], "left", on="enterprise_id"
    )
    return features.fillna(dict.fromkeys(COUNTS, 0))


def main(raw_folder: Path, folder: Path) -> None:
    features = make_features(raw_folder)
    space = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), COUNTS),
        (
            make_pipeline(
                SimpleImputer(strategy="most_frequent"),
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            ),
            ["category_name_key"],
        ),
    )
    points = space.fit_transform(features)
    clusters = KMeans(4, n_init=10, random_state=42)
    features["cluster_id"] = clusters.fit_predict(points)
    features["distance_to_centroid"] = clusters.transform(points).min(axis=1)
    axes = PCA(2).fit_transform(points)
    features["pca_x"], features["pca_y"] = axes.T
    by_cluster = features.groupby("cluster_id")
    profiles = by_cluster[[*COUNTS, "turnover_eur"]].agg(["mean", "median"])
    profiles.to_csv(folder / "profiles.csv")
    for dimension in ("category_name_key", "city_name_key"):
        by_cluster[dimension].value_counts().to_csv(folder / f"{dimension}.csv")
    features.to_csv(folder / "enterprises.csv", index=False, sep=";", decimal=",")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
