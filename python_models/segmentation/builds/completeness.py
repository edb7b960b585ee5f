"""What a build must have run to be complete, where dbt's macros cannot tell."""

import json
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation.errors import SegmentationError


def list_unit_tests(
    _cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    manifest_path: str,
    invocation_id: str,
) -> list[str]:
    """List the enabled unit tests, which dbt leaves out of the macros' graph.

    Parameters
    ----------
    manifest_path : str
        The manifest.json that dbt wrote when this run began.
    invocation_id : str
        Identifies this run.

    Returns
    -------
    list of str
        Unique ids.

    Raises
    ------
    SegmentationError
        If the manifest is not there or is not of this run.
    """
    try:
        manifest = json.loads(Path(manifest_path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = {"metadata": {"invocation_id": None}}
    if manifest["metadata"]["invocation_id"] != invocation_id:
        raise SegmentationError(
            f"Whether every unit test ran cannot be told, because {manifest_path} is"
            f" not of this run. {publish_dir}/ is as it was: run dbt build without"
            " --no-write-json, and not two commands at once on one target folder."
        )
    return sorted(manifest["unit_tests"])
