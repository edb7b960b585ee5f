"""What people edit is one line of a seed, and a missing reference has a name."""

import json

import pytest
from dbt_project import DbtProject

SEEDS = "seeds/reference"


def add_line(project: DbtProject, seed: str, **values: str) -> None:
    with project.edited_csv(f"{SEEDS}/{seed}.csv") as rows:
        assert values.keys() <= set(rows[0])
        rows.append([values.get(column, "") for column in rows[0]])


@pytest.mark.slow
def test_a_category_a_city_alias_a_platform_a_segment_and_an_action_are_a_line_each(
    project: DbtProject,
) -> None:
    """One client has them all: the lines are enough for it to be advised."""
    database = project.folder / "build" / "segmentation.duckdb"
    [[client]] = project.rows(
        "select min(surviving_enterprise_id)"
        " from intermediate.int_social_accounts_disposed"
        " where disposition = 'used' and platform = 'mastodon'",
        database=database,
    )
    with project.edited_csv("seeds/raw/raw_enterprises.csv") as rows:
        column = {name: i for i, name in enumerate(rows[0])}
        for row in rows:
            if row[column["enterprise_id"]].strip() == client:
                row[column["category_name"]] = "dirigeables"
                row[column["city_name"]] = "NAONED"
    add_line(
        project,
        "category_groups",
        category_name="Dirigeables",
        category_group="LOISIRS & ACTIVITÉS",
        taxonomy_level="leaf",
    )
    add_line(project, "city_aliases", alias="Naoned", city_name="Nantes")
    add_line(project, "platforms", platform="mastodon", platform_name="Mastodon")
    add_line(
        project,
        "segments",
        segment_key="pioneers",
        display_order="9",
        segment_name_fr="Pionniers",
        segment_name_en="Pioneers",
        profile_fr="…",
        profile_en="…",
        aim_fr="…",
        aim_en="…",
    )
    add_line(
        project,
        "recommendations",
        recommendation_id="pioneers_mastodon_airships_nantes",
        segment_key="pioneers",
        category_name="Dirigeables",
        city_name="Nantes",
        platform="mastodon",
        priority="1",
        action_fr="Montrer Nantes vue du ciel.",
        action_en="Show Nantes from above.",
    )
    add_line(
        project,
        "segment_overrides",
        enterprise_id=client,
        segment_key="pioneers",
        reason="flies an airship",
    )
    add_line(
        project,
        "segment_overrides",
        enterprise_id="gone",
        segment_key="pioneers",
        reason="was a client last year",
    )

    build = project.dbt("build")

    assert build.returncode == 0, build.stdout
    # A client that leaves must not stop the build.
    assert "Warning in test an_overridden_enterprise_is_active" in build.stdout
    assert project.rows(
        "select category_name, category_group, city_name, segment_key, segment_name"
        f" from enterprise_segments where enterprise_id = '{client}'"
    ) == [
        ("Dirigeables", "LOISIRS & ACTIVITÉS", "Nantes", "pioneers", "Pionniers"),
    ]
    assert project.rows(
        "select recommendation_id, platform from enterprise_recommendations"
        f" where enterprise_id = '{client}'"
    ) == [("pioneers_mastodon_airships_nantes", "mastodon")]
    check = json.loads((project.folder / "build" / "data_check.json").read_text())
    assert "'bluesky'" in check["report"]
    assert "'mastodon'" not in check["report"]


def test_every_broken_reference_of_the_lists_of_names_and_overrides_is_found(
    project: DbtProject,
) -> None:
    add_line(project, "category_aliases", alias="Zeppelin", category_name="Dirigeable")
    add_line(
        project,
        "category_groups",
        category_name="Ballon",
        category_group="DIRIGEABLES",
        taxonomy_level="leaf",
    )
    add_line(
        project,
        "category_groups",
        category_name="Montgolfière",
        category_group="Librairie",
        taxonomy_level="leaf",
    )
    add_line(
        project,
        "category_groups",
        category_name="AÉRONAUTIQUE",
        category_group="LOISIRS & ACTIVITÉS",
        taxonomy_level="family",
    )
    add_line(project, "city_aliases", alias="Atlantide", city_name="Atlantis")
    add_line(project, "platform_aliases", alias="3615", platform="minitel")
    add_line(
        project,
        "segment_overrides",
        enterprise_id="E0042",
        segment_key="nowhere",
        reason="a typing error",
    )
    add_line(
        project,
        "data_check_rules",
        check_name="row_vanished",
        threshold="0.1",
        direction="above",
        is_blocking="false",
        rejection_reason="vanished",
        reason="a typing error",
    )

    build = project.dbt(
        "build", "--select", "category_aliases", "category_groups", "city_aliases",
        "platform_aliases", "segment_overrides", "data_check_rules",
        "--indirect-selection", "eager",
    )  # fmt: skip

    assert build.returncode != 0
    for test in (
        "an_aliased_category_is_in_the_taxonomy",
        "a_category_group_is_a_category",
        "the_group_of_a_category_is_a_family",
        "a_family_is_its_own_group",
        "an_aliased_city_is_listed",
        "an_aliased_platform_is_listed",
        "an_override_leads_to_a_named_segment",
        "the_reason_of_a_data_check_exists",
    ):
        assert f"Failure in test {test}" in build.stdout


@pytest.mark.slow
def test_two_lines_that_claim_one_spelling_for_two_names_are_found(
    project: DbtProject,
) -> None:
    """Keys are compared: alias lines that differ as text may still be one spelling."""
    add_line(project, "category_aliases", alias="OPTICIEN", category_name="Musée")
    add_line(project, "city_aliases", alias="st nazaire", city_name="Nantes")
    add_line(project, "platform_aliases", alias="Tik-Tok", platform="x")
    build = project.dbt(
        "build", "--select", "category_aliases+1", "city_aliases+1",
        "platform_aliases+1", "--exclude-resource-type", "unit_test",
    )  # fmt: skip
    assert build.returncode != 0
    for test in (
        "unique_int_categories_resolved_category_key",
        "unique_int_cities_resolved_city_key",
        "unique_int_platforms_resolved_platform_key",
    ):
        assert f"Failure in test {test}" in build.stdout


def test_a_check_of_the_raw_data_without_a_rule_is_found(project: DbtProject) -> None:
    with project.edited_csv(f"{SEEDS}/data_check_rules.csv") as rows:
        rows[:] = [row for row in rows if row[0] != "row_orphan"]
    build = project.dbt(
        "build", "--select", "data_check_rules", "int_raw_data_checked",
        "--exclude-resource-type", "unit_test",
    )  # fmt: skip
    assert "Failure in test every_check_of_the_raw_data_has_a_rule" in build.stdout
