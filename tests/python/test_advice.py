"""What is proposed fits the client, and is worded for whoever proposes it."""

import csv
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from compiled_models import compiled_query, nodes_of
from conftest import build_once
from dbt_project import DbtProject
from project_copies import CHECKOUT, leave_out_purchases, read_seed

MARTS = ("enterprise_segments", "enterprise_recommendations", "cluster_recommendations")
SELECTED = [f"+{mart}" for mart in MARTS]
SECOND_AGENCY = Path("tests", "fixtures", "second_agency")
# Where a text names a platform, and what the condition calls it.
PLATFORMS = {
    name.split()[0]: platform
    for platform, name in csv.reader(
        (CHECKOUT / "seeds/reference/platforms.csv").open(encoding="utf-8")
    )
    if platform not in ("platform", "any")
}
SEED = read_seed("recommendations")
OPENING = re.compile("ouvr|cré(er|e) ", re.IGNORECASE)


@pytest.fixture(scope="session")
def built_second_agency(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide what is advised at another agency, of other trades; tests only read it.

    It sells nothing to accounts.
    """
    return build_once(
        tmp_path_factory,
        "second_agency",
        leave_out_purchases,
        options=("--indirect-selection=cautious", "--select", *SELECTED),
        raw_source="files",
        evaluate="false",
        agency_name="L'Atelier des Alpes",
        agency_channel="Vu des Cimes",
        RAW_DATA_DIR=str(SECOND_AGENCY),
    )


@pytest.fixture(params=["built", "built_second_agency"])
def agency(request: pytest.FixtureRequest) -> DbtProject:
    return request.getfixturevalue(request.param)


def test_actions_fit_another_agency_that_has_segments_of_its_own(built_second_agency):
    """Data tests say whom actions fit, and that each client has enough of them."""
    project = built_second_agency
    assert "WARN=0 ERROR=0 SKIP=0" in project.build_log
    known = {"low_visibility", "moderate_presence", "balanced_active"}
    segments = project.rows(
        "select distinct segment_key from marts.enterprise_segments",
        database=project.build_database,
    )
    assert {key for (key,) in segments} == known | {"new_1_1"}


def test_every_action_reaches_somebody_in_the_demonstration_or_says_why_not(built):
    reached = {
        recommendation_id
        for table in ("enterprise", "account")
        for (recommendation_id,) in built.rows(
            f"select distinct recommendation_id from {table}_recommendations"
        )
    }
    # A starting set is for segments that have no line of their own yet.
    own = {line["recommendation_id"] for line in SEED if line["segment_key"]}
    silent = {
        line["recommendation_id"] for line in SEED if not line["reaches_nobody_because"]
    }
    assert own - reached == own - silent


def test_matching_by_kind_is_matching_everybody(agency, tmp_path):
    """Were everybody of a kind of its own, nobody would be proposed anything else."""
    code = compiled_query(nodes_of(agency), "int_recommendations_matched")
    copy = shutil.copy(agency.build_database, tmp_path / "segmentation.duckdb")
    columns = "recommendation_id, matched_on, recommendation_rank"
    with duckdb.connect(copy) as connection:
        published = connection.sql(
            f"select enterprise_id, {columns} from marts.enterprise_recommendations"
            " order by all"
        ).fetchall()
        kinds = "segmentations.int_enterprise_kinds"
        ((kind_count, count),) = connection.sql(
            f"select count(distinct enterprise_kind), count(*) from {kinds}"
        ).fetchall()
        connection.execute(f"update {kinds} set enterprise_kind = enterprise_id")
        each = f"select enterprise_kind, {columns} from ({code}) order by all"
        assert connection.sql(each).fetchall() == published
    assert kind_count < count


# Of whom no audience is called by a word that the segment's name denies.
DENIED_LEVELS = {
    "low_visibility": {"high", "very_high"},
    "moderate_presence": {"very_high"},
    "balanced_active": {"low"},
    "facebook_leaders": {"low", "moderate"},
}


def test_the_level_of_an_audience_does_not_contradict_its_segment(built):
    found = built.rows("select segment_key, engagement_level from enterprise_segments")
    assert {key for key, _ in found} == set(DENIED_LEVELS)
    assert not [pair for pair in found if pair[1] in DENIED_LEVELS[pair[0]]]


@pytest.mark.parametrize("line", SEED, ids=lambda line: line["recommendation_id"])
def test_a_text_says_what_its_conditions_say(line):
    """A platform that is named must be there, or must not be where it is opened.

    But the agency's own channel, and what all may have.
    """
    french, english = line["action_fr"], line["action_en"]
    assert french.startswith(("Proposer ", "Pour commencer\u00a0: proposer "))
    assert english.startswith(("Propose ", "Offer ", "Suggest ", "To begin with: "))
    assert not re.search("['\"]| [:;!?]", french)
    assert not re.search("['\"]", english)
    for text in (french, english):
        # The agency and its channel are named by variables.
        assert not re.search(r"\{(?!(agency|channel)\})|DIGNAMIK|VieMaVille", text)
    if line["segmentation"] != "visibility" or not line["segment_key"]:
        return
    present = line["has_account_on"].split(" | ")
    absent = line["has_no_account_on"].split(" | ")
    for language, text in (("fr", french), ("en", english)):
        own = re.sub(
            r"(le|the) (compte TikTok de|TikTok account of) \{channel\}", "", text
        )
        named = {
            PLATFORMS[word] for word in PLATFORMS if re.search(rf"\b{word}\b", own)
        }
        assert named <= {*present, *absent}, language
        assert named >= {*present, *absent} - {"any", ""}, language
    assert bool(OPENING.search(french)) >= bool(absent[0])
    if line["platform"] in ("facebook", "instagram", "whatsapp", "google_business"):
        assert line["platform"] in {*present, *absent}
