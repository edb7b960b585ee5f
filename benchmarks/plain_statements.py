"""The same tables as the project's core, as plain DuckDB statements: the floor.

What the engine needs when nothing is checked, listed, explained or kept: texts cleaned,
duplicates taken out, features, labels, profiles, mixes, recommendations and one CSV.
k-means is scikit-learn's, on a sample as large as the project's.

Usage::

    python benchmarks/plain_statements.py RAW_DATA_DIR OUTPUT_DIR
"""

import sys
from pathlib import Path

import duckdb
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

RECOMMENDATIONS = Path(__file__).parents[1] / "seeds/reference/recommendations.csv"
COUNTS = [f"followers_{name}" for name in ("total", "facebook", "instagram", "tiktok")]
CLUSTERS = range(4)
AXES = range(2)
TABLES = """
create macro text_key(t) as
    trim(regexp_replace(lower(strip_accents(t)), '[^a-z0-9]+', ' ', 'g'));
create macro number(t) as try_cast(
    replace(regexp_replace(t, '[^0-9,.]', '', 'g'), ',', '.') as double
) * if(contains(lower(t), 'k'), 1000, 1);

create table enterprises as
select * from (
    select upper(trim(enterprise_id)) as enterprise_id,
        trim(enterprise_name) as enterprise_name,
        text_key(enterprise_name) as name_key, category_name,
        text_key(category_name) as category_key, city_name,
        text_key(city_name) as city_key, postal_code
    from read_csv('{raw}/enterprises.csv', all_varchar = true)
    where lower(trim(is_active))
        in ('true', 'oui', '1', 'actif', 'vrai', 'yes', 'o', 'y', 't')
        and enterprise_id is not null
    qualify row_number() over (partition by upper(trim(enterprise_id))) = 1
)
qualify row_number() over (
    partition by name_key, city_key, postal_code order by enterprise_id
) = 1;

create table followers as
select enterprise_id,
    sum(followers) as followers_total,
    sum(followers) filter (platform = 'facebook') as followers_facebook,
    sum(followers) filter (platform = 'instagram') as followers_instagram,
    sum(followers) filter (platform = 'tiktok') as followers_tiktok
from (
    select upper(trim(enterprise_id)) as enterprise_id, text_key(platform) as platform,
        arg_max(
            number(followers),
            coalesce(try_cast(measured_on as date), date '1900-01-01')
        ) as followers
    from read_csv('{raw}/social_accounts.csv', all_varchar = true)
    group by all
)
group by enterprise_id;

create table turnover as
select upper(trim(enterprise_id)) as enterprise_id,
    arg_max(number(turnover_eur), fiscal_year) as turnover_eur
from read_csv('{raw}/turnover.csv', all_varchar = true)
group by all;

create table features as
select enterprises.*, {counts}, turnover_eur
from enterprises
left join followers using (enterprise_id)
left join turnover using (enterprise_id);
"""
MARTS = """
create table segments as
select features.*, sqrt(least({distances})) as distance,
    case least({distances}) {cases} end as cluster_id, {axes}
from features
left join categories using (category_key);

create table profiles as
select cluster_id, count(*) as enterprise_count, {profiles},
    avg(turnover_eur) as mean_turnover_eur, mode(category_key) as top_category
from segments group by cluster_id;

create table category_mix as
select cluster_id, category_key, count(*) as enterprise_count
from segments group by all;

create table city_mix as
select cluster_id, city_key, count(*) as enterprise_count from segments group by all;

create table recommended as
with kinds as (
    select distinct cluster_id, category_key, city_key from segments
),
matched as (
    select kinds.*, recommendation_id, priority, platform, action_fr, action_en,
        (r.category_name is not null)::int * 2 + (r.city_name is not null)::int as level
    from kinds
    inner join read_csv('{recommendations}', all_varchar = true) as r on
        r.segment_key = ['moderate_presence', 'facebook_leaders', 'balanced_active',
            'low_visibility'][cluster_id + 1]
    where coalesce(text_key(r.category_name) = category_key, true)
        and coalesce(text_key(r.city_name) = city_key, true)
    qualify level = max(level) over (
        partition by cluster_id, category_key, city_key, platform
    )
)
select enterprise_id, matched.* exclude (cluster_id, category_key, city_key, level)
from segments
inner join matched on segments.cluster_id = matched.cluster_id
    and segments.category_key is not distinct from matched.category_key
    and segments.city_key is not distinct from matched.city_key;

copy (from segments order by enterprise_id) to '{out}/floor.csv' (delimiter ';');
"""


def main(raw: Path, out: Path) -> None:
    (out / "floor.duckdb").unlink(missing_ok=True)
    engine = duckdb.connect(str(out / "floor.duckdb"))
    counts = ", ".join(f"coalesce({name}, 0) as {name}" for name in COUNTS)
    engine.execute(TABLES.format(raw=raw, counts=counts))
    sample = engine.execute(
        "from features order by md5(enterprise_id) limit 50000"
    ).fetch_df()
    space = make_column_transformer(
        (StandardScaler(), COUNTS),
        (
            make_pipeline(
                SimpleImputer(strategy="most_frequent"),
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            ),
            ["category_key"],
        ),
    )
    points = space.fit_transform(sample)
    centroids = KMeans(4, n_init=10, random_state=42).fit(points).cluster_centers_
    axes = PCA(2).fit(points).components_
    scaler = space.transformers_[0][1]
    levels = space.transformers_[1][1][-1].categories_[0]
    columns = ", ".join(
        [f"w{c} double" for c in CLUSTERS] + [f"a{axis} double" for axis in AXES]
    )
    engine.execute(f"create table categories (category_key varchar, {columns})")
    for i, level in enumerate(levels, start=len(COUNTS)):
        # (x - c)^2 of the level's column; the others' squares are the same for all.
        weights = [1 - 2 * float(centroids[c, i]) for c in CLUSTERS]
        weights += [float(axes[axis, i]) for axis in AXES]
        marks = ", ".join("?" * (1 + len(weights)))
        engine.execute(f"insert into categories values ({marks})", [level, *weights])
    scaled = [
        f"(({name} - {mean}) / {scale})"
        for name, mean, scale in zip(COUNTS, scaler.mean_, scaler.scale_, strict=True)
    ]
    distances = [
        " + ".join(
            f"power({value} - ({centroids[c, i]}), 2)" for i, value in enumerate(scaled)
        )
        + f" + {(centroids[c, len(COUNTS) :] ** 2).sum()} + coalesce(w{c}, 0)"
        for c in CLUSTERS
    ]
    engine.execute(
        MARTS.format(
            distances=", ".join(distances),
            cases=" ".join(f"when {d} then {c}" for c, d in enumerate(distances)),
            axes=", ".join(
                " + ".join(f"{v} * ({axes[axis, i]})" for i, v in enumerate(scaled))
                + f" + coalesce(a{axis}, 0) as pca_{axis}"
                for axis in AXES
            ),
            profiles=", ".join(
                f"avg({n}) as mean_{n}, median({n}) as median_{n}" for n in COUNTS
            ),
            recommendations=RECOMMENDATIONS,
            out=out,
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
