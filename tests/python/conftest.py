"""Fixtures that run dbt on copies of the project, never in the checkout."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from dbt_project import DbtProject
from headless_browser import INSTALL, find_or_install_browser, launch
from playwright.sync_api import Browser, sync_playwright
from project_copies import (
    CHECKOUT,
    copy_checkout,
    leave_out_charts,
    leave_out_purchases,
)

pytest_plugins = ["postgres_server", "small_publication"]

MESSY_AGENCY = CHECKOUT / "tests" / "fixtures" / "messy_agency"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with a file that needs the built project, then those that need none.

    So that the second worker has work while the first one builds.
    """
    building = [item.path for item in items if "built" in item.fixturenames]
    items.sort(key=lambda item: (item.path not in building[:1], item.path in building))


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Give the folder of this run that its workers have in common.

    Runs one after the other share what they have built where BUILT_PROJECTS names one.
    """
    if folder := os.environ.get("BUILT_PROJECTS"):
        return Path(folder)
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    return factory.getbasetemp().parent if is_worker else factory.getbasetemp()


def build_once(
    factory: pytest.TempPathFactory,
    name: str,
    *prepare: Callable[[Path], None],
    options: tuple[str, ...] = (),
    **settings: str,
) -> DbtProject:
    """Copy the checkout and build it with settings, once for all workers of a run.

    The first worker that needs the project builds it while the others wait.
    """
    root = shared_folder(factory)
    project = DbtProject(root / name / "project", settings=settings)
    log = root / name / "build.log"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not log.exists():
            copy_checkout(project.folder)
            for change in prepare:
                change(project.folder)
            log.write_text(project.succeed("build", *options), encoding="utf-8")
    project.build_log = log.read_text(encoding="utf-8")
    return project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide the project as shipped, built once with all its tests; only read."""
    return build_once(tmp_path_factory, "seeds")


@pytest.fixture(scope="session")
def built_of_clients(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a build of one segmentation, that of clients; tests only read it."""
    return build_once(tmp_path_factory, "clients", leave_out_purchases)


@pytest.fixture(scope="session")
def built_from_files(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a build of a small agency's own files; tests only read it."""
    return build_once(
        tmp_path_factory,
        "files",
        leave_out_charts,
        raw_source="files",
        evaluate="false",
        data_set="messy_agency",
        # Each copy reads its own folder.
        RAW_DATA_DIR=str(MESSY_AGENCY.relative_to(CHECKOUT)),
    )


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def published(built: DbtProject) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built.published), read_only=True) as connection:
        yield connection


@pytest.fixture
def copied(built: DbtProject, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Provide a copy of the build database, which a test may change."""
    copy = shutil.copy(built.build_database, tmp_path)
    with duckdb.connect(copy) as connection:
        yield connection


@pytest.fixture
def project(built: DbtProject, tmp_path: Path) -> DbtProject:
    """Provide a copy of the built project for a test to change and to build again.

    It starts from the built state: dbt need not parse everything again, unless the
    variables change, and what the last build evaluated is not evaluated again.
    """
    return built.copied_to(tmp_path / "project")


@pytest.fixture
def clients_project(built_of_clients: DbtProject, tmp_path: Path) -> DbtProject:
    """Provide a copy of the project of clients only, to change and to build again."""
    return built_of_clients.copied_to(tmp_path / "project")


@pytest.fixture
def files_project(built_from_files: DbtProject, tmp_path: Path) -> DbtProject:
    """Provide a copy of the project built from files, with files of its own."""
    return built_from_files.copied_to(tmp_path / "project")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Provide a headless browser; where none is, tests skip or, in CI, fail."""
    path = find_or_install_browser(shared_folder(tmp_path_factory) / "browser.lock")
    if path is None:
        reason = f"no Chromium or Chrome is found: {INSTALL}, or name one by CHROMIUM"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        yield browser
        browser.close()
