"""The calls of the API: those of the study under their names, and those added."""

import json
import tempfile
import threading
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel
from segmentation.reporting.exports import write_enterprises_csv

from api.access import Access
from api.published import Publication, Publications, UnavailableError, text_key

LARGEST_PAGE = 1000
# What a client can have of anything, and amounts in euros with their cents, are exact.
LARGEST_NUMBER = 10**15
# The path of a picture and the chart that it is.
GRAPHS = {"cluster": "segment_sizes", "secteur": "sectors", "ville": "cities"}
SEGMENTATION = "visibility"

PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="From 1.")]
PageSize = Annotated[
    int, Query(ge=1, le=LARGEST_PAGE, description="Records on a page at most.")
]
Sector = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        description="A category, or a family with all its categories; accents and case"
        " do not matter, and words of its name will do.",
    ),
]
SegmentationName = Annotated[str, Query(max_length=100)]


class Problem(BaseModel):
    """What a call gets that cannot be answered."""

    detail: str


router = APIRouter(
    responses={
        "4XX": {"model": Problem, "description": "What is wrong, in a sentence"},
        503: {"model": Problem, "description": "Nothing is published yet"},
    }
)
# The export registers a function with the database, which two cannot do at a time.
_one_export = threading.Lock()


class Answer(JSONResponse):
    """Figures as they are published: JSON with all digits, dates as ISO texts."""

    def render(self, content: Any) -> bytes:
        """Write the content; a decimal number is a number."""
        return json.dumps(
            content, ensure_ascii=False, allow_nan=False, default=_written
        ).encode()


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else float(value)


def create_app(publish_dir: Path, *, token: str = "") -> FastAPI:
    """Make the API of a publication folder; with a token every call needs it."""
    app = FastAPIOffline(
        title="Segmentation",
        description="Clients, their segments and what to propose, as published.",
        version="1",
        redoc_url=None,
        # Its validator is on the web.
        swagger_ui_parameters={"validatorUrl": None},
        dependencies=[Depends(HTTPBearer(auto_error=False))] if token else [],
    )
    app.state.publications = Publications(publish_dir)
    app.include_router(router)
    app.add_middleware(Access, token=token)
    app.add_exception_handler(UnavailableError, _say_unavailable)
    app.add_exception_handler(RequestValidationError, _say_what_is_wrong)
    return app


def _say_unavailable(_: Request, error: Exception) -> Response:
    return Answer({"detail": str(error)}, 503, headers={"Retry-After": "60"})


def _say_what_is_wrong(_: Request, error: Exception) -> Response:
    told = []
    for problem in error.errors():
        where = " ".join(map(str, problem["loc"][1:])) or "body"
        told.append(f"{where}: {problem['msg']}")
    return Answer({"detail": f"{'; '.join(told)}."}, 422)


def _published(request: Request) -> Publication:
    return request.app.state.publications.current()


@router.get("/", summary="Welcome")
def welcome(request: Request) -> Response:
    (row,) = _published(request).rows(
        "select data_set, published_at, language, segmentations from publication"
    )
    segmentations = json.loads(row["segmentations"])
    return Answer(
        {
            "message": "Bienvenue\u202f! La documentation se trouve sous /docs.",
            **row,
            "segmentations": {
                name: {"fit_id": entry["fit_id"], "member_count": entry["member_count"]}
                for name, entry in segmentations.items()
            },
        }
    )


@router.get("/data", summary="All columns of all enterprises, in large pages")
def data(request: Request, page: PageNumber = 1, taille: PageSize = 1000) -> Response:
    return _enterprises(request, page, taille)


@router.get("/entreprises", summary="Enterprises, in pages")
def enterprises(
    request: Request, page: PageNumber = 1, taille: PageSize = 100
) -> Response:
    return _enterprises(request, page, taille)


@router.get("/cluster/{cluster_id}", summary="Enterprises of a cluster")
def enterprises_of_cluster(
    request: Request, cluster_id: int, page: PageNumber = 1, taille: PageSize = 100
) -> Response:
    return _enterprises(request, page, taille, cluster=cluster_id)


@router.get("/secteur", summary="Enterprises of a sector")
def enterprises_of_sector(
    request: Request, secteur: Sector, page: PageNumber = 1, taille: PageSize = 100
) -> Response:
    return _enterprises(request, page, taille, sector=secteur)


@router.get("/filtre", summary="Enterprises of a sector and a cluster")
def enterprises_of_both(
    request: Request,
    secteur: Sector,
    cluster: int,
    page: PageNumber = 1,
    taille: PageSize = 100,
) -> Response:
    return _enterprises(request, page, taille, sector=secteur, cluster=cluster)


def _enterprises(
    request: Request,
    page: int,
    size: int,
    *,
    sector: str | None = None,
    cluster: int | None = None,
) -> Response:
    publication = _published(request)
    conditions, values = ["true"], []
    if sector is not None:
        conditions.append("list_contains(?, category_name)")
        values.append(_categories(publication, sector))
    if cluster is not None:
        known = publication.rows("select cluster_id from cluster_profiles order by 1")
        listed = [row["cluster_id"] for row in known]
        if cluster not in listed:
            raise HTTPException(
                404,
                f"There is no cluster {cluster}, but {', '.join(map(str, listed))}.",
            )
        conditions.append("cluster_id = ?")
        values.append(cluster)
    where = " and ".join(conditions)
    (total,) = publication.rows(
        f"select count(*) as total from enterprise_segments where {where}", *values
    )
    records = publication.rows(
        f"select * from enterprise_segments where {where} order by enterprise_id"
        " limit ? offset ?",
        *values,
        size,
        (page - 1) * size,
    )
    return Answer({**total, "page": page, "taille": size, "entreprises": records})


def _categories(publication: Publication, sector: str) -> list[str]:
    """Find the categories of a sector: by its whole name, else by words of it."""
    key = text_key(sector)
    found = publication.sectors.get(key)
    if not found and key:
        found = set().union(
            *(
                categories
                for name, categories in publication.sectors.items()
                if f" {key} " in f" {name} "
            )
        )
    if found:
        return sorted(found)
    close = get_close_matches(key, publication.sectors, n=1, cutoff=0.5)
    hint = f" Closest is {close[0]!r}." if close else ""
    raise HTTPException(404, f"No enterprise is of the sector {sector!r}.{hint}")


@router.get("/clusters", summary="Profiles and sizes of the clusters")
def clusters(request: Request) -> Response:
    return Answer(_published(request).rows("from cluster_profiles order by cluster_id"))


@router.get(
    "/export",
    summary="Enterprises of a sector as a CSV file for a spreadsheet",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
def export(request: Request, secteur: Sector) -> Response:
    publication = _published(request)
    categories = _categories(publication, secteur)
    (row,) = publication.rows("select language from publication")
    cursor = publication.cursor()
    try:
        # A temporary table goes before the published one of its name.
        cursor.execute(
            "create temp table enterprise_segments as select *"
            " from published.main.enterprise_segments"
            " where list_contains(?, category_name)",
            [categories],
        )
        with _one_export, tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.csv"
            write_enterprises_csv(cursor, path, language=row["language"])
            content = path.read_bytes()
    finally:
        cursor.close()
    words = text_key(secteur).encode("ascii", "ignore").decode().split()
    name = "_".join(["export", *words])
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _add_graph(name: str, chart_name: str) -> None:
    @router.get(
        f"/graph/{name}",
        name=f"graph_{name}",
        summary=f"The published chart {chart_name}",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}}},
    )
    def graph(request: Request) -> Response:
        found = _published(request).rows(
            "select png from charts where segmentation = ? and chart_name = ?",
            SEGMENTATION,
            chart_name,
        )
        if not found:
            raise HTTPException(404, f"The chart {chart_name} is not published.")
        return Response(found[0]["png"], media_type="image/png")


for _name, _chart in GRAPHS.items():
    _add_graph(_name, _chart)


@router.get(
    "/entreprises/{id:path}/recommandations", summary="What to propose to an enterprise"
)
def recommendations(request: Request, id: str) -> Response:
    publication = _published(request)
    _enterprise(publication, id)
    return Answer(
        publication.rows(
            "from enterprise_recommendations where enterprise_id = ?"
            " order by recommendation_rank, recommendation_id",
            id,
        )
    )


@router.get("/entreprises/{id:path}", summary="One enterprise")
def enterprise(request: Request, id: str) -> Response:
    return Answer(_enterprise(_published(request), id))


def _enterprise(publication: Publication, enterprise_id: str) -> dict[str, Any]:
    found = publication.rows(
        "from enterprise_segments where enterprise_id = ?", enterprise_id
    )
    if not found:
        raise HTTPException(404, f"No active enterprise has the id {enterprise_id!r}.")
    return found[0]


@router.get("/segments", summary="Segments with names, aims and sizes")
def segments(
    request: Request, segmentation: SegmentationName = SEGMENTATION
) -> Response:
    publication = _published(request)
    _check_segmentation(publication, segmentation)
    return Answer(
        publication.rows(
            "from segment_overview where segmentation = ?"
            " order by display_order nulls last, segment_key",
            segmentation,
        )
    )


@router.get("/changements", summary="Who entered, left or moved")
def changes(
    request: Request,
    segmentation: SegmentationName = SEGMENTATION,
    depuis: Annotated[
        date | None, Query(description="First day; without it, the last publication.")
    ] = None,
    page: PageNumber = 1,
    taille: PageSize = 100,
) -> Response:
    publication = _published(request)
    _check_segmentation(publication, segmentation)
    since = depuis
    if since is None:
        (row,) = publication.rows("select published_at from publication")
        since = row["published_at"]
    where = "where segmentation = ? and changed_at >= ?"
    (total,) = publication.rows(
        f"select count(*) as total from segment_changes {where}", segmentation, since
    )
    records = publication.rows(
        f"from segment_changes {where}"
        " order by changed_at desc, member_id, change_number limit ? offset ?",
        segmentation,
        since,
        taille,
        (page - 1) * taille,
    )
    return Answer({**total, "page": page, "taille": taille, "changements": records})


def _check_segmentation(publication: Publication, name: str) -> None:
    (row,) = publication.rows("select segmentations from publication")
    known = json.loads(row["segmentations"])
    if name not in known:
        raise HTTPException(
            404, f"There is no segmentation {name!r}, but {', '.join(known)}."
        )


@router.post("/score", summary="The segment of somebody who is not in the data")
def score(
    request: Request,
    membre: Annotated[
        dict[str, Any] | list[dict[str, Any]],
        Body(
            description="All features of the model by their names, null where one is"
            f" unknown; or a list of up to {LARGEST_PAGE} such objects.",
            examples=[
                {
                    "followers_total": 1850,
                    "followers_facebook": 1200,
                    "followers_instagram": 650,
                    "followers_tiktok": 0,
                    "category_name": "Librairie",
                    "has_facebook_account": True,
                    "has_instagram_account": True,
                    "has_tiktok_account": False,
                    "has_other_account": False,
                }
            ],
        ),
    ],
    segmentation: SegmentationName = SEGMENTATION,
) -> Response:
    publication = _published(request)
    _check_segmentation(publication, segmentation)
    given = membre if isinstance(membre, list) else [membre]
    if not 1 <= len(given) <= LARGEST_PAGE:
        raise HTTPException(422, f"The list has 1 to {LARGEST_PAGE} members.")
    try:
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise HTTPException(422, "The body has half of a surrogate pair.") from None
    types = publication.scoring.features[segmentation]
    members = []
    for number, features in enumerate(given):
        problems = list(_problems(features, types))
        if problems:
            place = f"Member {number}: " if isinstance(membre, list) else ""
            raise HTTPException(422, f"{place}{'; '.join(problems)}.")
        members.append(
            {
                # As it is spelt in the data.
                name: publication.levels.get(
                    (segmentation, name, text_key(str(value))), value
                )
                for name, value in features.items()
            }
        )
    answers = [
        {**place, "features": features}
        for place, features in zip(
            publication.scoring.score(segmentation, members), members, strict=True
        )
    ]
    for answer in answers:
        # Of those who are in the data.
        for name in ("member_id", "is_set_by_hand", "override_reason"):
            del answer[name]
    return Answer(answers if isinstance(membre, list) else answers[0])


def _problems(features: dict[str, Any], types: dict[str, str]) -> Iterator[str]:
    """Say what the model cannot read of features, whose types are DuckDB's."""
    if unknown := sorted(features.keys() - types.keys()):
        yield f"{', '.join(unknown)}: no feature of the model"
    if missing := [name for name in types if name not in features]:
        yield f"{', '.join(missing)}: missing, null says that a value is unknown"
    for name, type_ in types.items():
        value = features.get(name)
        if type_ == "BOOLEAN":
            if name in features and not isinstance(value, bool):
                yield f"{name}: not true or false"
        elif value is None:
            continue
        elif type_ == "VARCHAR":
            if not (isinstance(value, str) and 0 < len(value.strip()) <= 200):
                yield f"{name}: no text of 1 to 200 characters"
        elif (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            # NaN is beyond every number.
            or not 0 <= value <= LARGEST_NUMBER
        ):
            yield f"{name}: no number from 0 to {LARGEST_NUMBER}"
        elif type_ in ("BIGINT", "INTEGER") and value != int(value):
            yield f"{name}: no whole number"
