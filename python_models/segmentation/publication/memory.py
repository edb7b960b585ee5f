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
SCHEMA_VERSION = 1

# The columns that a build reads of the last publication. One that an older
# publication lacks is NULL, and a table that it lacks is empty.
MEMORY_TABLES = {
    "publication": {
        "data_set": "varchar",
        "published_at": "timestamp",
        "schema_version": "integer",
    },
    "segmentation_fits": {
        "fit_id": "integer",
        "fitted_at": "timestamp",
        "reason": "varchar",
        "enterprise_count": "bigint",
        "sample_count": "bigint",
        "cluster_count": "integer",
        "inertia": "double",
        "silhouette": "double",
        "ari_to_previous": "double",
        "settings": "varchar",
        "library_versions": "varchar",
        "fingerprint": "varchar",
    },
    "fit_parameters": {
        "fit_id": "integer",
        "row_number": "integer",
        "parameter": "varchar",
        "position": "integer",
        "feature_name": "varchar",
        "category": "varchar",
        "cluster_id": "integer",
        "value": "double",
        "text_value": "varchar",
    },
    "cluster_profiles": {
        "cluster_id": "integer",
        "segment_key": "varchar",
        "enterprise_count": "bigint",
        "mean_followers_total": "double",
        "mean_followers_facebook": "double",
        "mean_followers_instagram": "double",
        "mean_followers_tiktok": "double",
    },
    "fit_clusters": {
        "fit_id": "integer",
        "cluster_id": "integer",
        "segment_key": "varchar",
        "matched_by": "varchar",
        "match_distance": "double",
        "match_overlap": "double",
    },
    "segment_registry": {
        "segment_key": "varchar",
        "colour_number": "integer",
        "is_current": "boolean",
        "first_fit_id": "integer",
        "last_fit_id": "integer",
        "enterprise_count": "bigint",
        "mean_followers_total": "double",
        "mean_followers_facebook": "double",
        "mean_followers_instagram": "double",
        "mean_followers_tiktok": "double",
    },
    "segment_events": {
        "fit_id": "integer",
        "segment_key": "varchar",
        "event_type": "varchar",
        "related_segment_key": "varchar",
        "related_enterprise_count": "bigint",
    },
    "segment_migrations": {
        "fit_id": "integer",
        "from_segment_key": "varchar",
        "to_segment_key": "varchar",
        "enterprise_count": "bigint",
        "from_share": "double",
        "to_share": "double",
    },
    "segment_changes": {
        "enterprise_id": "varchar",
        "change_number": "integer",
        "changed_at": "timestamp",
        "from_segment_key": "varchar",
        "to_segment_key": "varchar",
        "cause": "varchar",
        "previous_model_segment_key": "varchar",
        "fit_id": "integer",
    },
    "enterprise_segments": {
        "enterprise_id": "varchar",
        "segment_key": "varchar",
        "model_segment_key": "varchar",
        "is_set_by_hand": "boolean",
    },
    "projection_loadings": {
        "fit_id": "integer",
        "component": "integer",
        "position": "integer",
        "feature_name": "varchar",
        "category": "varchar",
        "loading": "double",
        "column_mean": "double",
        "explained_variance_share": "double",
    },
}

# What a publication from before these tables and columns says in others.
_OLDER_PUBLICATIONS = (
    "update {catalog}.enterprise_segments set model_segment_key = segment_key"
    " where model_segment_key is null",
    "insert into {catalog}.fit_clusters (fit_id, cluster_id, segment_key, matched_by)"
    " select fit_id, cluster_id, segment_key, 'last_known_profile'"
    " from {catalog}.cluster_profiles"
    " cross join (select max(fit_id) as fit_id from {catalog}.segmentation_fits)"
    " where not exists (select 1 from {catalog}.fit_clusters)",
    "insert into {catalog}.segment_registry"
    " select segment_key, null, true, fit_id, fit_id, enterprise_count,"
    " mean_followers_total, mean_followers_facebook, mean_followers_instagram,"
    " mean_followers_tiktok from {catalog}.cluster_profiles"
    " cross join (select max(fit_id) as fit_id from {catalog}.segmentation_fits)"
    " where not exists (select 1 from {catalog}.segment_registry)",
    # Who was there came at that publication at the latest.
    "insert into {catalog}.segment_changes (enterprise_id, change_number, changed_at,"
    " to_segment_key, cause, fit_id)"
    " select enterprise_id, 1, published_at, segment_key, 'new', fit_id"
    " from {catalog}.enterprise_segments cross join {catalog}.publication"
    " cross join (select max(fit_id) as fit_id from {catalog}.segmentation_fits)"
    " where not exists (select 1 from {catalog}.segment_changes)",
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

    Its tables are there, empty, when nothing has been published yet; one more,
    ``published_file``, identifies the file that they were read from. The published
    file is copied before it is opened: a BI tool that holds it open does not stop a
    build, and the build does not stop the tool. Nobody but :func:`publish` writes
    that file, always as a whole, so a copy is never half of one.

    Raises
    ------
    SegmentationError
        If there is a published file and it cannot be read, or it is of a later
        version of the project.
    """
    connection.execute(f"attach ':memory:' as {CATALOG}")
    for table, columns in MEMORY_TABLES.items():
        listed = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
        connection.execute(f"create table {CATALOG}.main.{table} ({listed})")
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
        _read_memory(connection, copy=copy)
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
    _check_schema_version(connection, published=published)


def _check_schema_version(connection: DuckDBPyConnection, *, published: Path) -> None:
    """Refuse what a later version of the project has published: it may mean more."""
    newest = connection.sql(
        f"select max(schema_version) from {CATALOG}.main.publication"
    ).fetchall()[0][0]
    if newest is not None and newest > SCHEMA_VERSION:
        raise SegmentationError(
            f"The publication {published} was made by a later version of this project"
            f" (tables of version {newest}, and this one knows them up to version"
            f" {SCHEMA_VERSION}). Update the project, go back with make rollback, or"
            " set PUBLISH_DIR to another folder."
        )


def _read_memory(connection: DuckDBPyConnection, *, copy: Path) -> None:
    connection.execute(f"attach {text(str(copy))} as published_copy (read_only)")
    try:
        present = connection.execute(
            "select table_name, column_name from duckdb_columns()"
            " where database_name = 'published_copy' and schema_name = 'main'"
        ).fetchall()
        if ("publication", "data_set") not in present:
            raise CatalogException("it is no publication of this project")
        for table, columns in MEMORY_TABLES.items():
            shared = ", ".join(
                quoted(name) for name in columns if (table, name) in present
            )
            if shared:
                connection.execute(
                    f"insert into {CATALOG}.main.{table} ({shared})"
                    f" select {shared} from published_copy.main.{table}"
                )
    finally:
        connection.execute("detach published_copy")
    for statement in _OLDER_PUBLICATIONS:
        connection.execute(statement.format(catalog=f"{CATALOG}.main"))
