"""What people edit is one line of a seed, and a line that does not hold is told."""

import json

import pytest
from compiled_models import CompiledModels, compiled_query, nodes_of
from project_copies import leave_out_charts

# Seed, columns and a line of them; what else the seed has stays empty.
ADOPTED = [
    ("category_groups", "category_name,category_group,taxonomy_level",
     "Dirigeables,LOISIRS & ACTIVITÉS,leaf"),
    ("city_aliases", "alias,city_name", "Naoned,Nantes"),
    ("platforms", "platform,platform_name", "mastodon,Mastodon"),
    ("segments",
     "segmentation,segment_key,display_order,segment_name_fr,segment_name_en,"
     "profile_fr,profile_en,aim_fr,aim_en",
     "visibility,pioneers,9,Pionniers,Pioneers,…,…,…,…"),
    ("recommendations",
     "segmentation,recommendation_id,segment_key,category_name,city_name,platform,"
     "priority,action_fr,action_en",
     "visibility,airships,pioneers,Dirigeables,Nantes,mastodon,1,Montrer.,Show."),
    ("segment_overrides", "segmentation,member_id,segment_key,reason",
     "visibility,CLIENT,pioneers,flies an airship"),
    ("segment_overrides", "segmentation,member_id,segment_key,reason",
     "visibility,gone,pioneers,was a client last year"),
]  # fmt: skip
# The same, with a claim that the line breaks.
BROKEN = [
    ("category_aliases", "alias,category_name", "Zeppelin,Dirigeable",
     "category_name is found in category_groups"),
    ("category_groups", "category_name,category_group", "Montgolfière,Librairie",
     "the_group_of_a_category_is_a_family"),
    ("category_groups", "category_name,category_group,taxonomy_level",
     "AÉRONAUTIQUE,LOISIRS & ACTIVITÉS,family", "a_family_is_its_own_group"),
    ("city_aliases", "alias,city_name", "Atlantide,Atlantis",
     "city_name is found in cities"),
    ("platform_aliases", "alias,platform", "3615,minitel",
     "platform is found in platforms"),
    ("segment_overrides", "segmentation,member_id,segment_key",
     "visibility,E0042,low_visibility", "reason is filled"),
    ("data_check_rules", "check_name,rejection_reason", "row_vanished,vanished",
     "rejection_reason is found in rejection_reasons"),
    # Each segmentation has segments of its own.
    ("recommendations", "segmentation,recommendation_id,segment_key,platform",
     "sales,new,low_visibility,any", "segment_key is found in segments"),
    ("recommendations", "recommendation_id,category_group", "new,DIRIGEABLES",
     "category_group is found in category_groups"),
    ("cities", "city_name", "Nantes", "city_name is given once"),
]  # fmt: skip


@pytest.mark.slow
def test_a_category_a_city_alias_a_platform_a_segment_and_an_action_are_a_line_each(
    project,
):
    """One client has them all: the lines are enough for it to be advised."""
    [[client]] = project.rows(
        "select min(surviving_enterprise_id)"
        " from intermediate.int_social_accounts_disposed"
        " where disposition = 'used' and platform = 'mastodon'",
        database=project.folder / "build" / "segmentation.duckdb",
    )
    with project.edited_csv("seeds/raw/raw_enterprises.csv") as rows:
        column = {name: i for i, name in enumerate(rows[0])}
        for row in rows:
            if row[column["enterprise_id"]].strip() == client:
                row[column["category_name"]] = "dirigeables"
                row[column["city_name"]] = "NAONED"
    for seed, columns, line in ADOPTED:
        project.add_lines(f"reference/{seed}", columns, line.replace("CLIENT", client))

    leave_out_charts(project.folder)
    build = project.dbt("build")
    assert build.returncode == 0, build.stdout
    # A client that leaves must not stop the build.
    assert "Warning in test a_member_set_by_hand_is_there" in build.stdout
    assert project.rows(
        "select category_name, category_group, city_name, segment_key, segment_name,"
        " is_set_by_hand, override_reason from enterprise_segments"
        f" where enterprise_id = '{client}' and model_segment_key <> segment_key"
    ) == [
        (
            *("Dirigeables", "LOISIRS & ACTIVITÉS", "Nantes", "pioneers", "Pionniers"),
            *(True, "flies an airship"),
        )
    ]
    assert project.rows(
        "select cause, to_segment_key from segment_changes where cause <> 'new'"
        f" and member_id = '{client}'"
    ) == [("set_by_hand", "pioneers")]
    assert project.rows(
        "select recommendation_id, platform from enterprise_recommendations"
        f" where enterprise_id = '{client}'"
    ) == [("airships", "mastodon")]
    check = json.loads((project.folder / "build" / "data_check.json").read_text())
    assert "'bluesky'" in check["report"]
    assert "'mastodon'" not in check["report"]


@pytest.mark.parametrize(("seed", "columns", "line", "claim"), BROKEN)
def test_a_line_that_does_not_hold_is_found_with_its_claim(
    built, copied, seed, columns, line, claim
):
    test = compiled_query(nodes_of(built), f"content_of_{seed}_holds")
    assert copied.sql(test).fetchall() == []
    values = line.split(",")
    copied.execute(
        f"insert into reference.{seed} ({columns})"
        f" values ({', '.join('?' for _ in values)})",
        values,
    )
    found = copied.sql(test).fetchall()
    assert claim in {found_claim for found_claim, _ in found}
    assert all(key is not None for _, key in found)


def test_a_failing_build_tells_the_first_lines_of_a_seed_that_do_not_hold(
    built, tmp_path
):
    """In a folder whose name SQL and patterns of files would stumble over."""
    project = built.copied_to(tmp_path / "l'agence [1]")
    before = project.published.read_bytes()
    aliases = [f"Zeppelin {n},Dirigeable" for n in range(5)]
    project.add_lines("reference/category_aliases", "alias,category_name", *aliases)

    build = project.build("--select", "category_aliases")

    assert build.returncode == 1
    lines = [
        "category_aliases: category_name is found in category_groups: Zeppelin 0",
        "category_aliases: category_name is found in category_groups: Zeppelin 1",
        "category_aliases: category_name is found in category_groups: Zeppelin 2",
    ]
    assert [line in build.stdout for line in lines] == [True] * 3
    assert "Zeppelin 3" not in build.stdout
    assert "content_of_category_aliases_holds" in build.stdout.split("Not published")[1]
    assert project.published.read_bytes() == before
    outcome = json.loads((project.folder / "build" / "build_summary.json").read_text())
    (problem,) = outcome["problems"]
    assert "content_of_category_aliases_holds" in problem["node"]
    assert (problem["status"], problem["broken_lines"]) == ("fail", lines)
    assert lines[0] in outcome["message"]


@pytest.mark.parametrize(
    ("model", "test", "table", "line"),
    [
        # Keys are compared: lines that differ as text may still be one spelling.
        *(
            ("int_names_resolved", "a_spelling_stands_for_one_name", table, line)
            for table, line in (
                ("reference.category_aliases", ("OPTICIEN", "Musée")),
                ("reference.city_aliases", ("st nazaire", "Nantes")),
                ("reference.platform_aliases", ("Tik-Tok", "x")),
            )
        ),
        (
            "int_raw_data_checked",
            "a_far_smaller_or_larger_export_is_confirmed",
            "previous_publication.member_segments (segmentation, member_id)",
            ("visibility", "gone"),
        ),
    ],
)
def test_what_one_more_line_breaks_is_found(built, model, test, table, line):
    models = CompiledModels(built, targets=[model])
    models.run()
    assert models.failures(test) == []
    models.database.execute(f"insert into {table} values (?, ?)", line)
    models.run()
    assert len(models.failures(test)) == 1
