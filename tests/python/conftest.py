"""Fixtures that run dbt on copies of the project, never in the checkout."""

import shutil
from pathlib import Path

import pytest
from dbt_project import DbtProject

CHECKOUT = Path(__file__).parents[2]
MESSY_AGENCY = CHECKOUT / "tests" / "fixtures" / "messy_agency"
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "build", "published", "target", "logs", "__pycache__", ".*_cache"
)


def build_copy_of(
    source: Path, folder: Path, *, unit_tests: str = "false", **settings: str
) -> DbtProject:
    """Copy a project, build it with settings and keep what the build said."""
    shutil.copytree(source, folder, ignore=NOT_COPIED)
    project = DbtProject(folder, settings=settings)
    project.first_build = project.dbt("build", UNIT_TESTS=unit_tests)
    assert project.first_build.returncode == 0, project.first_build.stdout
    return project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide the project as shipped, built once with all its tests; only read."""
    folder = tmp_path_factory.mktemp("seeds") / "project"
    return build_copy_of(CHECKOUT, folder, unit_tests="true")


@pytest.fixture(scope="session")
def built_from_files(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a build of a small agency's own files; tests only read it."""
    folder = tmp_path_factory.mktemp("files")
    raw_files = Path(shutil.copytree(MESSY_AGENCY, folder / "export"))
    return build_copy_of(
        CHECKOUT,
        folder / "project",
        raw_source="files",
        evaluate="false",
        # Copies read their own folder, and are still the same data set.
        data_set="messy_agency",
        RAW_DATA_DIR=str(raw_files),
    )


@pytest.fixture
def project(built: DbtProject, tmp_path: Path) -> DbtProject:
    """Provide a copy of the built project for a test to change and to build again.

    It starts from the built state, so that dbt need not parse everything again, and
    builds without the evaluation, which takes a third of the time.
    """
    return built.copied_to(tmp_path / "project", evaluate="false")


@pytest.fixture
def files_project(built_from_files: DbtProject, tmp_path: Path) -> DbtProject:
    """Provide a copy of the project built from files, with files of its own."""
    raw_files = tmp_path / "export"
    shutil.copytree(MESSY_AGENCY, raw_files)
    return built_from_files.copied_to(tmp_path / "project", RAW_DATA_DIR=str(raw_files))
