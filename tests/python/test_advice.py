"""What is proposed fits the client, and is worded for whoever proposes it."""

import csv
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from compiled_models import compiled_test, nodes_of
from conftest import build_once
from dbt_project import DbtProject
from project_copies import CHECKOUT, leave_out_purchases

SECOND_AGENCY = Path("tests", "fixtures", "second_agency")
# Where a text names a platform, and what the condition calls it.
PLATFORMS = {
    name.split()[0]: platform
    for platform, name in csv.reader(
        (CHECKOUT / "seeds/reference/platforms.csv").open(encoding="utf-8")
    )
    if platform not in ("platform", "any")
}
with (CHECKOUT / "seeds/reference/recommendations.csv").open(encoding="utf-8") as file:
    SEED = list(csv.DictReader(file))
OPENING = re.compile("ouvr|cré(er|e) ", re.IGNORECASE)


@pytest.fixture(scope="session")
def built_second_agency(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a build of another agency, of other trades; tests only read it.

    It sells nothing to accounts.
    """
    return build_once(
        tmp_path_factory,
        "second_agency",
        prepare=leave_out_purchases,
        raw_source="files",
        evaluate="false",
        agency_name="L'Atelier des Alpes",
        agency_channel="Vu des Cimes",
        RAW_DATA_DIR=str(SECOND_AGENCY),
    )


@pytest.fixture(params=["built", "built_second_agency"])
def agency(request: pytest.FixtureRequest) -> DbtProject:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    "claim",
    [
        "assert_nobody_opens_what_it_has_or_runs_what_it_has_not",
        "assert_every_enterprise_has_enough_actions",
    ],
)
def test_actions_fit_whom_they_are_proposed_to_and_are_enough(agency, claim):
    test = compiled_test(nodes_of(agency), claim)
    assert agency.rows(test, database=agency.build_database) == []


def test_both_agencies_have_segments_that_are_known_and_the_second_also_others(
    built, built_second_agency
):
    known = {"low_visibility", "moderate_presence", "balanced_active"}
    segments = "select distinct segment_key from enterprise_segments"
    assert {key for (key,) in built.rows(segments)} == known | {"facebook_leaders"}
    assert {key for (key,) in built_second_agency.rows(segments)} == known | {"new_1_1"}


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


def test_whom_is_told_to_open_a_first_page(built):
    """All 243 were, of whom 193 have a page on Facebook and 12 none at all."""
    assert built.rows(
        "select recommendation_id, count(*) from enterprise_recommendations"
        " where recommendation_id in ('low_visibility_any_starter_pack',"
        " 'low_visibility_facebook_first_page') group by all order by all"
    ) == [
        ("low_visibility_any_starter_pack", 12),
        ("low_visibility_facebook_first_page", 50),
    ]
    [[sets]] = built.rows("select count(distinct actions_fr) from enterprise_segments")
    assert sets > 150


@pytest.mark.parametrize(
    ("action", "trade"),
    [
        ("%market%", "category_name = 'Musée'"),
        ("low_visibility_tiktok_viemaville_visit",
         "category_group = 'HABITAT & TRAVAUX'"),
        ("%craftsmen_shared_photos", "category_name = 'Photographe'"),
    ],
)  # fmt: skip
def test_an_action_is_kept_from_trades_that_it_does_not_suit(built, action, trade):
    [(others, of_trade)] = built.rows(
        f"select count(*) filter (where not ({trade})), count(*) filter (where {trade})"
        " from enterprise_recommendations"
        " inner join enterprise_segments using (enterprise_id)"
        f" where recommendation_id like '{action}'"
    )
    assert of_trade == 0 < others


def test_matching_by_kind_is_matching_everybody(agency, tmp_path):
    """Were everybody of a kind of its own, nobody would be proposed anything else."""
    (code,) = (
        node["compiled_code"]
        for node in nodes_of(agency).values()
        if node["name"] == "int_recommendations_matched"
    )
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


def test_what_became_of_a_proposal_takes_it_off_the_list(built):
    """Unless too few would be left: E0064 has an event for each of seven actions."""
    listed = (
        "from enterprise_recommendations inner join"
        " (select unnest(['E1452', 'E1080', 'E0573', 'E0136']) as enterprise_id,"
        " unnest(['any_area_campaign', 'any_area_campaign', 'any_joint_event',"
        " 'instagram_calendar']) as action) using (enterprise_id)"
        " where recommendation_id like '%' || action"
    )
    assert built.rows(f"select enterprise_id {listed}") == []
    [[left]] = built.rows(
        "select count(*) from enterprise_recommendations where enterprise_id = 'E0064'"
    )
    assert left >= 3
    [counts] = built.rows(
        "select sum(proposed_count), sum(done_count), sum(declined_count)"
        " from recommendation_outcomes"
    )
    assert min(counts) > 0


def test_the_agency_is_named_by_a_variable(built_second_agency):
    project = built_second_agency
    texts = [
        text
        for table in ("enterprise_recommendations", "cluster_recommendations")
        for row in project.rows(f"select distinct action_fr, action_en from {table}")
        for text in row
    ]
    assert any("L\u2019Atelier des Alpes" in text for text in texts)
    assert any("Vu des Cimes" in text for text in texts)
    assert not any(re.search("[{}]|DIGNAMIK|VieMaVille", text) for text in texts)


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
