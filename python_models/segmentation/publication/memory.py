"""Read the last publication, the only thing that a build remembers."""

import shutil
from pathlib import Path

from duckdb import CatalogException, DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.errors import SegmentationError
from segmentation.sql_text import quoted, text

DATABASE_NAME = "segmentation.duckdb"
CATALOG = "previous_publication"
# Version of the published tables: raised when a column is renamed or removed.
SCHEMA_VERSION = 2

# The columns that a build reads of the last publication, the one place that lists them.
# A column that an older publication lacks is NULL, and a table that it lacks is empty.
MEMORY_TABLES = {
    "publication": "data_set string, published_at timestamp, schema_version integer,"
    " segmentations string",
    "segmentation_fits": "segmentation string, fit_id integer, fitted_at timestamp,"
    " reason string, member_count bigint, sample_count bigint, cluster_count integer,"
    " inertia double, silhouette double, ari_to_previous double, settings string,"
    " library_versions string, fingerprint string",
    "fit_parameters": "segmentation string, fit_id integer, row_number integer,"
    " parameter string, position integer, feature_name string, feature_level string,"
    " cluster_id integer, value double, text_value string",
    "fit_clusters": "segmentation string, fit_id integer, cluster_id integer,"
    " segment_key string, matched_by string, match_distance double,"
    " match_overlap double",
    "fit_profiles": "segmentation string, fit_id integer, segment_key string,"
    " measure string, mean_value double",
    "segment_registry": "segmentation string, segment_key string,"
    " segment_name_fr string, segment_name_en string, colour_number integer,"
    " segment_colour string, is_current boolean, first_fit_id integer,"
    " last_fit_id integer, member_count bigint",
    "segment_profiles": "segmentation string, segment_key string, measure string,"
    " mean_value double",
    "segment_events": "segmentation string, fit_id integer, segment_key string,"
    " event_type string, related_segment_key string, related_member_count bigint,"
    " former_member_count bigint",
    "segment_migrations": "segmentation string, fit_id integer,"
    " from_segment_key string, to_segment_key string, member_count bigint,"
    " from_share double, to_share double",
    "segment_changes": "segmentation string, member_id string, change_number integer,"
    " changed_at timestamp, from_segment_key string, to_segment_key string,"
    " cause string, previous_model_segment_key string, fit_id integer",
    "segment_sizes_over_time": "segmentation string, published_at timestamp,"
    " segment_key string, previous_published_at timestamp, fit_id integer,"
    " member_count bigint, entered_count bigint, left_count bigint,"
    " moved_in_count bigint, moved_out_count bigint, main_measure string,"
    " mean_value double",
    "projection_loadings": "segmentation string, fit_id integer, component integer,"
    " position integer, feature_name string, feature_level string, loading double,"
    " column_mean double, explained_variance_share double",
    "evaluation_figures": "segmentation string, fit_id integer, evaluated_at timestamp,"
    " section string, subject string, figure string, value double, text_value string",
    "enterprise_changes": "enterprise_id string, change_number integer,"
    " enterprise_name string, category_name string, city_name string,"
    " previous_followers_total bigint, changed_at timestamp",
    "enterprise_segments": "enterprise_id string, enterprise_name string,"
    " category_name string, city_name string, has_facebook_account boolean,"
    " has_instagram_account boolean, has_tiktok_account boolean,"
    " has_other_account boolean, followers_facebook bigint,"
    " followers_instagram bigint, followers_tiktok bigint, followers_other bigint,"
    " followers_facebook_known_at timestamp, followers_instagram_known_at timestamp,"
    " followers_tiktok_known_at timestamp, followers_other_known_at timestamp",
    "rfm_cut_points": "score string, cut_number integer, cut_value double,"
    " cut_account_id string, fit_id integer",
    "chart_drawings": "segmentation string, chart_name string, language string,"
    " position integer, title string, description string, alternative_text string,"
    " png blob, digest string",
    "audience_members": "segmentation string, segment_key string, enterprise_id string,"
    " contact_key string, meta_email_sha256 string, meta_phone_sha256 string,"
    " google_email_sha256 string, google_phone_sha256 string, membership string",
}
# Filled from the members that the publication lists for each segmentation.
MEMBER_SEGMENTS = (
    "segmentation string, member_id string, segment_key string,"
    " model_segment_key string, is_set_by_hand boolean, unknown_features string"
)


def identify_publication(publish_dir: Path) -> str:
    """Tell one published file from the next: each is a new file of its own time."""
    try:
        file = (publish_dir / DATABASE_NAME).stat()
    except (FileNotFoundError, NotADirectoryError):
        return "none"
    return f"{file.st_ino} {file.st_size} {file.st_mtime_ns}"


def attach_previous_publication(
    connection: DuckDBPyConnection, *, publish_dir: Path, working_dir: Path
) -> None:
    """Attach the last publication as the in-memory catalog ``previous_publication``.

    Its tables are those of ``MEMORY_TABLES``, empty when nothing has been published
    yet, ``member_segments``, where each member was placed, and ``published_file``,
    which identifies the file that they were read from. That is copied before it is
    opened, so that no build stops a BI tool or the other way round; as it is only ever
    replaced as a whole, a copy is never half of one.

    Raises
    ------
    SegmentationError
        If there is a published file and it cannot be read, or it is of another
        version of the project.
    """
    connection.execute(f"attach ':memory:' as {CATALOG}")
    for table, columns in (
        MEMORY_TABLES | {"member_segments": MEMBER_SEGMENTS}
    ).items():
        connection.execute(f"create table {CATALOG}.main.{table} ({columns})")
    connection.execute(
        f"create table {CATALOG}.main.published_file as select ? as identity",
        [identify_publication(publish_dir)],
    )
    published = publish_dir / DATABASE_NAME
    if not published.exists():
        return
    copy = working_dir / "previous_publication.duckdb"
    try:
        shutil.copyfile(published, copy)
        connection.execute(f"attach {text(str(copy))} as published_copy (read_only)")
        try:
            _read_memory(connection, published=published)
        finally:
            connection.execute("detach published_copy")
    except OSError as error:
        raise SegmentationError(
            f"The publication {published} cannot be copied to {copy} ({error}): mend"
            " the cause, such as a full disk."
        ) from error
    except DuckDBError as error:
        raise SegmentationError(
            f"The publication {published} cannot be read ({error}). Go back with"
            " make rollback, or move it away to start without a memory."
        ) from error
    finally:
        copy.unlink(missing_ok=True)


def _read_memory(connection: DuckDBPyConnection, *, published: Path) -> None:
    # A cursor looks for tables in the copy and leaves the connection as it was.
    copy = connection.cursor()
    copy.execute("use published_copy.main")
    _check_schema_version(copy, published=published)
    present = {name for (name,) in copy.sql("show tables").fetchall()}
    for table in MEMORY_TABLES:
        if table in present:
            target = f"{CATALOG}.main.{table}"
            kept = copy.table(target).columns
            shared = ", ".join(
                quoted(n) for n in copy.table(table).columns if n in kept
            )
            copy.execute(f"insert into {target} by name select {shared} from {table}")
    copy.execute(
        "select segmentation, entry ->> 'members', entry ->> 'key' from (select"
        " unnest(json_keys(segmentations)) as segmentation, json_extract(segmentations,"
        f" '$.' || segmentation) as entry from {CATALOG}.main.publication)"
    )
    for segmentation, members, key in copy.fetchall():
        # NULL where the publication did not record it, and empty where all were known.
        unknown = "coalesce(unknown_features, '')"
        if "unknown_features" not in copy.table(members).columns:
            unknown = "null"
        copy.execute(
            f"insert into {CATALOG}.main.member_segments select {text(segmentation)},"
            f" {quoted(key)}, segment_key, model_segment_key, is_set_by_hand, {unknown}"
            f" from {quoted(members)}"
        )


def _check_schema_version(copy: DuckDBPyConnection, *, published: Path) -> None:
    """Refuse what this version of the project does not know how to read."""
    columns = copy.sql(
        "select column_name from duckdb_columns() where table_name = 'publication'"
        " and database_name = 'published_copy'"
    ).fetchall()
    if ("data_set",) not in columns:
        raise CatalogException("it is no publication of this project")
    version = 0
    if ("schema_version",) in columns:
        rows = copy.sql("select schema_version from publication").fetchall()
        if len(rows) != 1:
            raise CatalogException(
                f"its table publication has {len(rows)} rows in place of one"
            )
        ((version,),) = rows
    if version != SCHEMA_VERSION:
        age, remedy = "a later", "Update the project, go back with make rollback, or"
        if version < SCHEMA_VERSION:
            age, remedy = "an earlier", "Move it away to start without a memory, or"
        raise SegmentationError(
            f"The publication {published} was made by {age} version of this project"
            f" (tables of version {version}, and this one knows version"
            f" {SCHEMA_VERSION}). {remedy} set PUBLISH_DIR to another folder."
        )
