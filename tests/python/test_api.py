"""The HTTP API: a real server on the published file, asked by a real client."""

import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import duckdb
import pytest
from dbt_project import DbtProject
from project_copies import CHECKOUT
from segmentation.sql_text import fetch_dicts, text

DOCUMENT = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")
FEATURES = {
    "visibility": "enterprise_segments",
    "purchases": "account_segments",
}
SCORED = (
    "cluster_id",
    "model_segment_key",
    "runner_up_segment_key",
    "assignment_margin",
    "distance_to_centroid",
    "unknown_features",
    "explanation_fr",
    "explanation_en",
)


class Server:
    """A running API and its folder."""

    def __init__(self, folder: Path, port: int, process: subprocess.Popen):
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.process = process

    def ask(self, path: str, body=None, **headers: str) -> tuple[int, dict, bytes]:
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = Request(self.url + path, data=data, headers=headers)
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def get(self, path: str, body=None, **query):
        path += f"?{urlencode(query)}" * bool(query)
        status, _, content = self.ask(path, body)
        assert status == 200, content
        return json.loads(content)

    def refuse(self, path: str, body=None) -> tuple[int, str]:
        status, _, content = self.ask(path, body)
        return status, json.loads(content)["detail"]

    def records(self, query: str, *values) -> list[dict]:
        """Query the published file, with values as JSON has them."""
        with duckdb.connect() as reader:
            path = text(f"{self.folder}/segmentation.duckdb")
            reader.execute(f"attach {path} as published (read_only); use published")
            rows = fetch_dicts(reader.execute(query, values))
        return [{name: as_json(value) for name, value in row.items()} for row in rows]


def as_json(value):
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"PORT": str(port), "PUBLISH_DIR": str(folder)} | settings
    process = start(**settings)
    server = Server(folder, port, process)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                server.ask("/")
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def start(**settings: str) -> subprocess.Popen:
    known = {k: v for k, v in os.environ.items() if k not in ("HOST", "API_TOKEN")}
    paths = os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "python_models")])
    return subprocess.Popen(
        [sys.executable, "-m", "api"],
        env=known | {"PYTHONPATH": paths} | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def server(built: DbtProject, tmp_path_factory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("api") / "l'agence"
    folder.mkdir()
    shutil.copy(built.published, folder)
    with serving(folder) as server:
        yield server


def test_every_call_of_the_study_is_there_and_described(server):
    listed = server.get("/openapi.json")["paths"]
    written = re.findall(r"`(?:GET |POST )?(/[^`?]*)", DOCUMENT.split("\n\n")[4])
    assert sorted(written) == sorted(listed)
    assert server.get("/")["segmentations"]["visibility"]["member_count"] == 421


@pytest.mark.parametrize(
    ("path", "query", "where"),
    [
        ("/data", {}, "true"),
        ("/entreprises", {"taille": 1000}, "true"),
        ("/cluster/1", {}, "cluster_id = 1"),
        ("/secteur", {"secteur": "théatre"}, "category_name = 'Théâtre'"),
        ("/secteur", {"secteur": "PRET A PORTER"}, "category_name = 'Prêt-à-porter'"),
        ("/secteur", {"secteur": "loisirs et activites"},
         "category_group = 'LOISIRS & ACTIVITÉS'"),
        ("/secteur", {"secteur": "Beauté"}, "category_group = 'BEAUTÉ & BIEN-ÊTRE'"),
        ("/filtre", {"secteur": "Restauration", "cluster": 0},
         "category_group = 'RESTAURATION & BOISSONS' and cluster_id = 0"),
    ],
)  # fmt: skip
def test_enterprises_are_those_of_the_mart(server, path, query, where):
    """A sector is a category or a family, however it is written, or words of one."""
    expected = server.records(
        f"from enterprise_segments where {where} order by enterprise_id"
    )
    answer = server.get(path, **{"taille": 1000} | query)
    assert expected
    assert answer["total"] == len(expected)
    assert answer["entreprises"] == expected


def test_pages_follow_one_another(server):
    pages = [server.get("/entreprises", page=p, taille=200) for p in (1, 2, 3, 4)]
    assert [len(page["entreprises"]) for page in pages] == [200, 200, 21, 0]
    listed = [each for page in pages for each in page["entreprises"]]
    assert listed == server.get("/data")["entreprises"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/clusters", "from cluster_profiles order by cluster_id"),
        (
            "/segments",
            "from segment_overview where segmentation = 'visibility'"
            " order by display_order nulls last, segment_key",
        ),
        (
            "/segments?segmentation=purchases",
            "from segment_overview where segmentation = 'purchases'"
            " order by display_order nulls last, segment_key",
        ),
        (
            "/entreprises/E0058/recommandations",
            "from enterprise_recommendations where enterprise_id = 'E0058'"
            " order by recommendation_rank, recommendation_id",
        ),
    ],
)
def test_short_lists_are_the_marts(server, path, query):
    assert server.get(path) == server.records(query) != []


def test_one_enterprise_and_what_changed(server):
    (expected,) = server.records(
        "from enterprise_segments where enterprise_id = 'E0058'"
    )
    assert server.get("/entreprises/E0058") == expected
    changes = server.records(
        "from segment_changes where segmentation = 'visibility' order by member_id"
    )
    answer = server.get("/changements", taille=1000)
    assert answer["total"] == 421
    assert answer["changements"] == changes
    assert server.get("/changements", depuis="2000-01-01")["total"] == 421
    assert server.get("/changements", depuis="2100-01-01")["total"] == 0


@pytest.mark.parametrize(
    ("name", "chart_name"),
    [("cluster", "segment_sizes"), ("secteur", "sectors"), ("ville", "cities")],
)
def test_graphs_are_the_published_charts(server, name, chart_name):
    status, headers, content = server.ask(f"/graph/{name}")
    (published,) = server.records(
        "select png from charts where segmentation = 'visibility' and chart_name = ?",
        chart_name,
    )
    assert (status, headers["content-type"]) == (200, "image/png")
    assert content == published["png"]


def test_the_export_has_the_lines_of_the_published_file(server, built):
    _, headers, content = server.ask(f"/export?secteur={quote('Bien-être')}")
    assert headers["content-disposition"].endswith('; filename="export_bien_etre.csv"')
    whole = built.published.parent / "exports" / "entreprises_clusterisées.csv"
    exported, published = (
        list(csv.reader(io.StringIO(read.decode("utf-8-sig")), delimiter=";"))
        for read in (content, whole.read_bytes())
    )
    lines = [line for line in published if line[3] == "BEAUTÉ & BIEN-ÊTRE"]
    assert len(lines) > 20
    assert exported == [published[0], *lines]


@pytest.mark.parametrize("segmentation", FEATURES)
def test_scores_are_those_of_the_build(server, segmentation):
    """Of every member there is, all at a time and some one by one."""
    path = f"/score?segmentation={segmentation}"
    missing = server.refuse(path, {})[1].removesuffix(
        ": missing, null says that a value is unknown."
    )
    names = missing.split(", ")
    key = FEATURES[segmentation]
    published = server.records(f"from {key} order by all")
    given = [{n: row[n] for n in names} for row in published]
    for first in range(0, len(published), 1000):
        rows = published[first : first + 1000]
        scored = server.get(path, given[first : first + 1000])
        for answer, row in zip(scored, rows, strict=True):
            assert {n: answer[n] for n in SCORED} == {n: row[n] for n in SCORED}
    for number in range(0, len(published), len(published) // 8):
        answer, row = server.get(path, given[number]), published[number]
        assert {n: answer[n] for n in SCORED} == {n: row[n] for n in SCORED}


def test_a_category_is_scored_in_any_spelling(server):
    newcomer = {
        **dict.fromkeys(("followers_total", "followers_facebook"), 300),
        **dict.fromkeys(("followers_instagram", "followers_tiktok"), 0),
        "has_facebook_account": True,
        **dict.fromkeys(
            (f"has_{n}_account" for n in ("instagram", "tiktok", "other")), False
        ),
    }
    names = ["Théâtre", " theatre", "Forge"]
    answers = server.get("/score", [newcomer | {"category_name": n} for n in names])
    assert answers[0] == answers[1]
    # One that the model has not seen is scored as a build scores it: by the rest.
    assert answers[2]["assignment_margin"] != answers[0]["assignment_margin"]
    assert answers[2]["features"]["category_name"] == "Forge"


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/data?taille=1001", 422, "taille: Input should be less than"),
        ("/secteur", 422, "secteur: Field required"),
        ("/secteur?secteur=plonberie", 404, "Closest is 'plomberie'"),
        ("/secteur?secteur=%25", 404, "No enterprise is of the sector '%'"),
        ("/secteur?secteur=x%27%20or%201=1", 404, "No enterprise is of the sector"),
        ("/cluster/9", 404, "There is no cluster 9, but 0, 1, 2, 3"),
        ("/filtre?secteur=Sport&cluster=9", 404, "There is no cluster 9"),
        ("/export?secteur=rien%20de%20tel", 404, "No enterprise is of the sector"),
        ("/entreprises/E9999", 404, "No active enterprise has the id 'E9999'"),
        ("/entreprises/a/b/recommandations", 404, "the id 'a/b'"),
        ("/segments?segmentation=x", 404, "but visibility, purchases"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_what_is_wrong(server, path, status, sentence):
    code, detail = server.refuse(path)
    assert code == status
    assert sentence in detail


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"followers": 1}, "followers: no feature of the model"),
        ({"followers_total": "12"}, "followers_total: no number from 0"),
        ({"followers_total": -1}, "followers_total: no number from 0"),
        ({"followers_total": True}, "followers_total: no number from 0"),
        ({"followers_total": float("nan")}, "followers_total: no number from 0"),
        ({"followers_total": 1.5}, "followers_total: no whole number"),
        ({"has_tiktok_account": None}, "has_tiktok_account: not true or false"),
        ({"category_name": ""}, "category_name: no text of 1 to 200 characters"),
    ],
)
def test_features_that_are_no_features_are_refused(server, change, sentence):
    status, detail = server.refuse("/score", change)
    assert status == 422
    assert sentence in detail
    assert server.refuse("/score", [change])[1].startswith("Member 0: ")
    assert server.refuse("/score", [])[1] == "The list has 1 to 1000 members."
    half = {"\ud800": "\udfff"}
    assert server.refuse("/score", half) == (
        *(422, "The body has half of a surrogate pair."),
    )


def test_the_examples_of_the_document_run(server, tmp_path):
    (block,) = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, flags=re.M | re.S)
    lines = block.replace("http://127.0.0.1:8000", server.url)
    run = subprocess.run(
        ["bash", "-ec", lines], cwd=tmp_path, capture_output=True, check=True
    )
    assert b'"total": 9' in run.stdout
    assert "Plus proche de «" in run.stdout.decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "export_restauration.csv",
        "villes.png",
    ]


def test_the_documentation_asks_nobody_else(server, browser):
    page = browser.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{server.url}/docs")
    page.get_by_text("The segment of somebody who is not in the data").click()
    page.get_by_text("Enterprises of a cluster").wait_for()
    page.close()
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []
    assert complaints == []


def test_a_publication_in_between_is_noticed_and_disturbs_nobody(built, tmp_path):
    """Every answer is of one publication, and the files of the others are closed."""
    folder = tmp_path / "published"
    folder.mkdir()
    versions = []
    for number in (1, 2):
        version = Path(shutil.copy(built.published, tmp_path / f"{number}.duckdb"))
        with duckdb.connect(str(version)) as connection:
            connection.execute("update publication set data_set = ?", [str(number)])
            connection.execute(f"update enterprise_segments set city_name = '{number}'")
            # As publications were before there was an API.
            connection.execute("drop table scoring_steps")
        versions.append(version)
    with serving(folder) as server:
        status, detail = server.refuse("/data")
        assert (status, detail) == (
            503,
            "Nothing is published yet: run make build, and ask again.",
        )
        ends, problems, count = threading.Event(), [], [0]

        def publish(version: Path) -> None:
            shutil.copy(version, folder / "next")
            os.replace(folder / "next", folder / "segmentation.duckdb")

        def ask() -> None:
            while not ends.is_set():
                answer = server.get("/data")
                found = {each["city_name"] for each in answer["entreprises"]}
                if len(answer["entreprises"]) != 421 or len(found) != 1:
                    problems.append(found)
                count[0] += 1

        publish(versions[0])
        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        for number in range(1, 13):
            publish(versions[number % 2])
            assert server.get("/")["data_set"] == str(number % 2 + 1)
        ends.set()
        for asker in askers:
            asker.join()
        assert problems == []
        status, detail = server.refuse("/score", {})
        assert (status, "publish once more" in detail) == (503, True)
        assert count[0] > 4
        # Nobody is kept from writing, as a build that publishes never does.
        duckdb.connect(str(versions[0])).close()
        server.get("/")
        descriptors = Path(f"/proc/{server.process.pid}/fd")
        if descriptors.exists():
            opened = [os.readlink(each) for each in descriptors.iterdir()]
            assert [name for name in opened if "(deleted)" in name] == []
        (folder / "next").write_text("no database")
        os.replace(folder / "next", folder / "segmentation.duckdb")
        assert server.refuse("/")[0] == 503


def test_every_call_needs_the_token_where_there_is_one(built, tmp_path):
    shutil.copy(built.published, tmp_path)
    # With a token it may be called from elsewhere, by any name.
    with serving(tmp_path, API_TOKEN="à long secret", HOST="0.0.0.0") as server:
        for path in ("/", "/data", "/docs", "/openapi.json", "/nothing", "/score"):
            status, headers, _ = server.ask(path)
            assert (status, headers["www-authenticate"]) == (401, "Bearer"), path
        for given in (
            "Bearer wrong",
            "Basic à long secret",
            "Bearer ",
            "à long secret",
        ):
            header = given.encode().decode("latin-1")
            assert server.ask("/", Authorization=header)[0] == 401, given
        header = "Bearer à long secret".encode().decode("latin-1")
        assert server.ask("/", Authorization=header, Host="api.example.org")[0] == 200


def test_without_a_token_only_this_machine_is_answered(server):
    for name in ("rebound.example.org", "127.0.0.1.example.org", "10.0.0.1", ""):
        assert server.ask("/data", Host=name)[0] in (400, 403), name
    for name in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert server.ask("/", Host=name)[0] == 200, name


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"HOST": "0.0.0.0"}, "set API_TOKEN to a long random text"),
        ({"HOST": "192.168.1.7", "API_TOKEN": " "}, "set API_TOKEN"),
        ({"HOST": "::"}, "set API_TOKEN"),
        ({"PORT": "http"}, "a port is a number from 1 to 65535"),
        ({"PORT": "70000"}, "a port is a number from 1 to 65535"),
    ],
)
def test_a_server_that_others_could_call_is_refused_without_a_token(settings, sentence):
    process = start(**settings)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_serving_needs_nothing_of_dbt():
    """But for the base class of the project's errors, which is in dbt_common."""
    line = (
        "import sys, api.app, api.published;"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " ('dbt', 'sklearn', 'matplotlib', 'pandas')])"
    )
    paths = os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "python_models")])
    told = subprocess.run(
        [sys.executable, "-c", line],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "[]\n"
