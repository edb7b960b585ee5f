"""A copy of the project that a test builds and reads."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

DBT = Path(sys.executable).with_name("dbt")
# The clock of every build, so that two builds can be compared row for row; and a short
# wait, which a build without it would have to parse everything again for.
DEFAULTS = {"as_of": "2025-06-30 12:00:00", "BUILD_WAIT_SECONDS": "2"}


@dataclass
class DbtProject:
    """A project folder with the commands that tests need.

    Settings in upper case are environment variables of every command, those in lower
    case dbt variables.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    # What the build said that brought the project into its state.
    build_log: str = ""

    @property
    def published(self) -> Path:
        return self.folder / "published" / "segmentation.duckdb"

    @property
    def build_database(self) -> Path:
        return self.folder / "build" / "segmentation.duckdb"

    @property
    def raw_files(self) -> Path:
        return self.folder / self.settings["RAW_DATA_DIR"]

    def copied_to(self, folder: Path, **settings: str) -> "DbtProject":
        """Copy the project with everything that it has built."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return DbtProject(folder, settings=self.settings | settings)

    def dbt(self, *arguments: str, **settings: object) -> subprocess.CompletedProcess:
        """Run a dbt command, with further settings."""
        return finished(self.start(*arguments, **settings))

    def succeed(self, *arguments: str, **settings: object) -> str:
        """Run a dbt command that must not fail; return what it said."""
        process = self.dbt(*arguments, **settings)
        assert process.returncode == 0, process.stdout
        return process.stdout

    def shell(self, line: str, **settings: str) -> str:
        """Run a line of a document as it stands, in an environment that is there."""
        environment = self.folder / ".venv"
        if not environment.exists():
            environment.mkdir()
            for part in Path(sys.prefix).iterdir():
                (environment / part.name).symlink_to(part)
        (environment / "installed").unlink(missing_ok=True)
        (environment / "installed").touch()
        settings |= {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}"}
        process = finished(self._start(["bash", "-ec", line], **settings))
        assert process.returncode == 0, process.stdout
        return process.stdout

    def build(self, *options: str, **settings: str) -> subprocess.CompletedProcess:
        """Build as `make build` and a scheduler do, with further settings."""
        return self._run("segmentation.build", *options, **settings)

    def check_data(self, **settings: str) -> subprocess.CompletedProcess:
        """Check the raw data as `make check-data` does, with further settings."""
        return self._run("segmentation.data_check", **settings)

    def _run(
        self, module: str, *options: str, **settings: str
    ) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", module, *options]
        settings = {"PYTHONPATH": "python_models"} | settings
        return finished(self._start(command, **settings))

    def start(
        self,
        *arguments: str,
        output: int = subprocess.PIPE,
        dbt: Path = DBT,
        **settings: str,
    ) -> subprocess.Popen:
        """Start a dbt command, perhaps of another environment, and leave it running.

        Somebody must read its output, or send it to `subprocess.DEVNULL`: it stands
        still when the pipe is full.
        """
        command = [str(dbt), "--no-use-colors", *arguments]
        return self._start(command, output=output, **settings)

    def _start(
        self, command: list[str], *, output: int = subprocess.PIPE, **settings: str
    ) -> subprocess.Popen:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("DBT_") and name not in ("PUBLISH_DIR", "PYTHONPATH")
        }
        settings = DEFAULTS | self.settings | settings
        environment |= {k: str(v) for k, v in settings.items() if k.isupper()}
        variables = {k: v for k, v in settings.items() if k.islower()}
        listed = ", ".join(f"{name}: {value}" for name, value in variables.items())
        if command[0] != "bash":
            command = [*command, "--vars", f"{{{listed}}}"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def rows(self, query: str, *, database: Path | None = None) -> list[tuple]:
        """Query the published database, as a BI tool would."""
        with duckdb.connect(str(database or self.published), read_only=True) as reader:
            return reader.sql(query).fetchall()

    def marts(self) -> dict[str, list[tuple]]:
        """Read every published table, in the order in which it is stored."""
        names = self.rows("select table_name from duckdb_tables() order by table_name")
        return {name: self.rows(f"select * from {name}") for (name,) in names}

    @contextmanager
    def edited_csv(self, name: str) -> Iterator[list[list[str]]]:
        """Open a CSV file's rows, header first, for changing in place."""
        path = self.folder / name
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        yield rows
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def add_lines(self, seed: str, columns: str, *lines: str) -> None:
        """Append lines of these columns to a seed; its others stay empty."""
        with self.edited_csv(f"seeds/{seed}.csv") as rows:
            for line in csv.reader(lines):
                values = dict(zip(columns.split(","), line, strict=True))
                assert values.keys() <= set(rows[0])
                rows.append([values.get(column, "") for column in rows[0]])


def finished(
    process: subprocess.Popen, *, timeout: float = 600
) -> subprocess.CompletedProcess:
    stdout, _ = process.communicate(timeout=timeout)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout)
