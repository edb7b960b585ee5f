"""Audiences hold digests of who consents, and nothing holds a contact in plain text."""

import hashlib
import re

import duckdb
import pytest
from segmentation.errors import SegmentationError
from segmentation.raw import contacts as private
from segmentation.raw.contacts import (
    contacts_in_memory,
    e164,
    google_email,
    normalised_email,
)
from segmentation.raw.postgres import load_from_postgres
from segmentation.raw.tables import load_raw_tables
from segmentation.reporting.audiences import write_audiences
from segmentation.transaction import transaction
from test_erasing import texts_in
from test_postgres import QUERIES

HEADER = "enterprise_id,email,phone,marketing_consent"
DIGESTS = (
    "meta_email_sha256, meta_phone_sha256, google_email_sha256, google_phone_sha256"
)
# Where a build writes.
WRITTEN = ("build", "published", "target", "logs")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


# --- as the platforms document it -------------------------------------------------


def test_the_examples_of_meta_give_the_digests_that_meta_documents():
    email = normalised_email(" John_Smith@gmail.com ")
    phone = e164("(650)555-1212", region="US")
    assert sha256(email) == (
        "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
    )
    assert sha256(phone.removeprefix("+")) == (
        "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"
    )


@pytest.mark.parametrize(
    ("given", "google"),
    [
        ("cloudy.sanfrancisco+shopping@gmail.com", "cloudysanfrancisco@gmail.com"),
        ("user.name+NYC@Example.com", "user.name+nyc@example.com"),
        ("A.B+c+d@GoogleMail.com", "ab@googlemail.com"),
        ("a.b+c@gmail.com.example.org", "a.b+c@gmail.com.example.org"),
        ("rené@exemple.fr", "rené@exemple.fr"),
    ],
)
def test_of_its_own_addresses_google_ignores_dots_and_what_follows_a_plus(
    given, google
):
    assert normalised_email(given) == given.lower()
    assert google_email(normalised_email(given)) == google


@pytest.mark.parametrize(
    "given",
    [
        *("", "jean", "@exemple.fr", "jean@", "jean@exemple", "jean@@exemple.fr"),
        *(
            "Jean <jean@exemple.fr>",
            "jean@exemple.fr; luc@exemple.fr",
            "a b@exemple.fr",
        ),
        *("jean@exemple..fr", "jean@-exemple.fr", "jean@exemple.1", "jean@192.168.1.1"),
        *("mailto:jean@exemple.fr", "j" * 65 + "@exemple.fr", "jean,luc@exemple.fr"),
    ],
)
def test_what_is_no_single_address_is_none(given):
    assert normalised_email(given) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        *(
            (french, "+33612345678")
            for french in (
                *("06 12 34 56 78", "0612345678", "06.12.34.56.78", "06-12-34-56-78"),
                *("+33 6 12 34 56 78", "+33612345678", "0033 6 12 34 56 78"),
                *("+33 (0)6 12 34 56 78", "0033 (0)612345678", "33612345678"),
                # A spreadsheet has taken it for a number.
                "612345678",
                "Tél. : 06 12 34 56 78",
            )
        ),
        ("02 41 05 40 00", "+33241054000"),
        ("+41 79 123 45 67", "+41791234567"),
        ("0041 (0)79 123 45 67", "+41791234567"),
        ("+32 470 12 34 56", "+32470123456"),
        ("+1 (650)555-1212", "+16505551212"),
        *(
            (no_number, None)
            for no_number in (
                *("", "12", "0612", "06 12 34 56 7", "06 12 34 56 78 9", "6,12E+08"),
                *("06 12 34 56 78 / 07 81 22 33 44", "+33 6 12 34", "demander Marie"),
                *("06 12 34 56 78 (Marie)", "00 00 00 00 00", "(650)555-1212"),
            )
        ),
    ],
)
def test_a_number_is_written_as_e164_or_not_at_all(given, expected):
    assert e164(given, region="FR") == expected


def test_a_country_that_is_none_is_refused():
    """YAML reads NO, which is Norway, as false."""
    for region in ("FRA", "fr", "", False):
        how = {"relation": "", "columns": [], "query": "", "enterprise_ids": ""}
        with (
            pytest.raises(SegmentationError, match=r'in quotes, such as "FR"'),
            contacts_in_memory(**how, phone_region=region),
        ):
            pass


# --- loading ----------------------------------------------------------------------

# What staging's macros make of plain texts.
HOW = {
    "relation": "raw.contacts",
    "columns": HEADER.split(","),
    "query": "select enterprise_id, null, case marketing_consent when 'oui' then true"
    " when 'non' then false end,"
    " case when marketing_consent = 'oui' then null else 'no_consent' end,"
    " email, null, phone, null from contacts",
    "enterprise_ids": "select enterprise_id from raw.enterprises",
    "phone_region": "FR",
}
WHO = "zébulon.quatrepieds@exemple.fr"
NUMBER = "06 98 71 35 24"
# However it is written, and parts of it; an address also by what stands before the @.
FORMS = re.compile(
    r"quatrepieds|caf.{1,4}-zinc|m\.zinnia|mzinnia|wanderlust"
    r"|(?:6\W*98\W*71\W*35\W*24)|(?:7\W*81\W*93\W*46\W*57)|(?:79\W*814\W*52\W*63)",
    re.IGNORECASE,
)


@pytest.fixture
def agency(tmp_path):
    """Provide a folder with an enterprise, and a build database in another."""
    folder, build = tmp_path / "agency", tmp_path / "build"
    folder.mkdir()
    build.mkdir()
    (folder / "enterprises.csv").write_text("enterprise_id\nA\nB\n")
    with duckdb.connect(str(build / "segmentation.duckdb")) as connection:
        yield folder, build, connection


def load(agency):
    folder, _, connection = agency
    log = load_raw_tables(
        connection,
        publish_dir=folder / "published",
        raw_source="files",
        raw_data_dir=str(folder),
        columns={"enterprises": ["enterprise_id"]},
        relations={"enterprises": "raw.enterprises"},
        numeric_features={},
        left_out_without={},
        is_empty_run=False,
        contacts=HOW,
    )
    return connection.sql(f"select {DIGESTS} from raw.contacts").fetchall(), log


def digests_of(email, phone):
    e164_phone = e164(phone, region="FR")
    return tuple(
        sha256(text)
        for text in (email, e164_phone[1:], google_email(email), e164_phone)
    )


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("cp1252", ";"), ("utf-16", "\t"), ("utf-8-sig", ";")],
)
def test_no_file_has_a_plain_contact_while_and_after_it_is_read(
    agency, encoding, delimiter, monkeypatch
):
    """Not even a copy in another encoding, whatever ends the build."""
    folder, build, connection = agency
    lines = f"{HEADER}\nA,{WHO},{NUMBER},oui\n".replace(",", delimiter)
    (folder / "contacts.csv").write_bytes(lines.encode(encoding))
    seen = []
    load_digests = private.load_digests

    def interrupt(cursor, contacts):
        for path in build.rglob("*"):
            seen.append(path.name)
            assert path.is_dir() or not FORMS.search(
                path.read_bytes().decode("latin-1")
            )
        load_digests(cursor, contacts)
        raise KeyboardInterrupt

    monkeypatch.setattr(private, "load_digests", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load(agency)
    assert "segmentation.duckdb" in seen
    monkeypatch.undo()

    rows, log = load(agency)

    assert rows == [digests_of(WHO, NUMBER)]
    assert "contacts.csv, 1 row; read as" in " ".join(log)
    connection.execute("checkpoint")
    assert [path.name for path in build.iterdir()] == ["segmentation.duckdb"]
    assert not FORMS.search(" ".join(log))


def test_parquet_and_several_files_are_read_as_those_of_other_tables(agency):
    folder, _, connection = agency
    connection.execute(
        f"copy (select 'A' as enterprise_id, '{WHO}' as email, 698713524 as phone,"
        f" 'oui' as marketing_consent) to '{folder / 'contacts_1.parquet'}'"
    )
    (folder / "contacts_2.csv").write_text(f"{HEADER}\n,,,\nB,{WHO},,oui\n", "utf-8")
    rows, log = load(agency)
    whole = digests_of(WHO, NUMBER)
    assert rows == [whole, (whole[0], None, whole[2], None)]
    assert "Raw table contacts: 1 row without a value" in " ".join(log)


def test_without_a_file_there_are_no_contacts_and_the_log_says_so(agency):
    (agency[0] / "contrats.csv").write_text("of something else")
    rows, log = load(agency)
    assert rows == []
    assert "Raw table contacts: no file, read as a table without rows" in log


def test_who_refuses_in_one_row_refuses_in_all_and_silence_is_no_refusal(agency):
    (agency[0] / "contacts.csv").write_text(
        f"{HEADER}\nA,m.zinnia@gmail.com,,oui\nB,MZinnia+x@gmail.com,,non\n"
        f"A,{WHO},{NUMBER},oui\nB,,+33698713524,non\n"
        "A,wanderlust@exemple.fr,,oui\nB,wanderlust@exemple.fr,,\n",
        encoding="utf-8",
    )
    rows, _ = load(agency)
    assert [row for row in rows if any(row)] == [
        (sha256("wanderlust@exemple.fr"), None, sha256("wanderlust@exemple.fr"), None)
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"A,{WHO},{NUMBER},oui\n", "write enterprise_id, email, phone"),
        (f"A,mail@m.zinnia.fr,{NUMBER},oui\n", "has no column 'enterprise_id'"),
        (f"enterprise_id,email,phone,{WHO},{NUMBER}\n", "no column 'marketing_cons"),
        (f"{HEADER}\nA,{WHO},{NUMBER},oui,{WHO}\n", "line 2: Expected Number"),
        (f'{HEADER}\nA,"{WHO},{NUMBER},oui\n', "line 2: Value with unterminated"),
        (f"{HEADER}\nA,{WHO}\0,{NUMBER},oui\n", "holds bytes that are no text"),
        (f"{HEADER}\nA,{WHO},{NUMBER},oui\n".encode() + WHO.encode("cp1252"),
         "partly in UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_is_refused_is_refused_without_a_value(agency, content, told):
    content = content if isinstance(content, bytes) else content.encode()
    (agency[0] / "contacts.csv").write_bytes(content)
    with pytest.raises(SegmentationError) as refusal:
        load(agency)
    assert told in refusal.value.msg
    assert not FORMS.search(refusal.value.msg)
    assert [path.name for path in agency[1].iterdir()] == ["segmentation.duckdb"]


def test_contacts_of_postgres_pass_every_file(agency_database, agency, tmp_path):
    """A build needs no query for them."""
    _, build, connection = agency
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "contacts.sql").write_text((QUERIES / "contacts.sql").read_text("utf-8"))
    texts = []
    for query in (
        None,
        "select 'A' as enterprise_id, E'a\\tb\\n\\\\N' as email, null as phone,"
        " true as marketing_consent",
        "select 'A' as enterprise_id, 'x@y' as email, null as phone,"
        f" ('{WHO}')::int as marketing_consent",
    ):
        if query:
            (queries / "contacts.sql").write_text(query)
        with contacts_in_memory(**HOW) as plain:
            try:
                with transaction(connection):
                    load_from_postgres(
                        connection, queries, relations={}, columns={}, contacts=plain
                    )
            except SegmentationError as error:
                texts.append(error.msg)
            else:
                texts.append(plain.memory.sql("from contacts").fetchall())
    assert texts[:2] == [[], [("A", "a\tb\n\\N", None, "true")]]
    assert "contacts.sql fails" in texts[2]
    assert not FORMS.search(texts[2])
    assert [path.name for path in build.iterdir()] == ["segmentation.duckdb"]


# --- lists ------------------------------------------------------------------------


def test_who_shares_a_number_with_somebody_who_leaves_stays(tmp_path):
    with duckdb.connect() as connection:
        connection.execute(
            "create table audience_members as select 'visibility' as segmentation, *,"
            " meta_email_sha256 as google_email_sha256, meta_phone_sha256 as"
            " google_phone_sha256 from (values ('s', 'e1', 'p', 'removed'),"
            " ('s', 'e2', 'p', 'kept'), ('s', 'e2', 'p', 'added'),"
            " ('s', 'e3', null, 'added'), ('gone', null, 'q', 'removed'))"
            " as _(segment_key, meta_email_sha256, meta_phone_sha256, membership)"
        )
        write_audiences(connection, tmp_path)
        connection.execute("update audience_members set segment_key = '../s'")
        with pytest.raises(SegmentationError, match="no name of a file"):
            write_audiences(connection, tmp_path)
    folder = tmp_path / "audiences" / "google"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "s.csv": "Email,Phone\ne2,p\ne3,\n",
        "s_add.csv": "Email,Phone\ne3,\n",
        "s_remove.csv": "Email,Phone\ne1,\n",
        "gone_remove.csv": "Email,Phone\n,q\n",
    }


# --- builds -----------------------------------------------------------------------

# B01 to B03 have some thousand followers, B04 to B07 two hundred thousand.
CONTACTS = f"""{HEADER}
B01, M.Zinnia@Gmail.com ,07 81 93 46 57,Oui
B01,m.zinnia@gmail.com,0033781934657,x
B02,wanderlust@exemple.ch,+41 79 814 52 63,1
B03,{WHO},{NUMBER},non
B03,{WHO},,
B04,café-zinc@exemple.fr,N/A,✓
B04,other.{WHO},,peut-être
B05,pas une adresse de quatrepieds,12,vrai
B06,n/a,,yes
B07,,,yes
B13,former.{WHO},,yes
B99,orphan.{WHO},{NUMBER},yes
lost.{WHO},B01,,yes
,nobody.{WHO},,yes
"""


def plain_contacts(project, *outputs):
    """List what a build has written that shows a contact, with what it shows."""
    found = [text for text in outputs if FORMS.search(text)]
    for folder in WRITTEN:
        for path in (project.folder / folder).rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes().decode("latin-1")
            if path.suffix == ".duckdb":
                content += "".join(text for (text,) in texts_in(path))
            if hit := FORMS.search(content):
                found.append((path.name, hit[0]))
    return found


def audiences_of(project, platform="meta"):
    folder = project.folder / "published" / "exports" / "audiences" / platform
    return {
        path.stem: path.read_text("ascii").splitlines()[1:]
        for path in sorted(folder.glob("*.csv"))
    }


def write_contacts(project, text):
    (project.raw_files / "contacts.csv").write_bytes(text.encode())


@pytest.mark.nightly
def test_a_month_of_contacts(files_project):
    """They come, withdraw, move, go and are erased, and nothing shows them."""
    project = files_project
    assert not (project.folder / "published" / "exports" / "audiences").exists()
    write_contacts(project, CONTACTS)

    build = project.build("--debug")

    assert build.returncode == 0, build.stdout
    assert plain_contacts(project, build.stdout) == []
    assert project.rows(
        "select enterprise_id, column_name, reason, is_whole_row from rejected_rows"
        " where raw_table = 'contacts' and raw_value is null order by all"
    ) == [
        ("B01", "email", "duplicate", True),
        ("B03", "marketing_consent", "no_consent", True),
        ("B03", "marketing_consent", "no_consent", True),
        ("B04", "marketing_consent", "unreadable", True),
        ("B04", "phone", "written_unknown", False),
        ("B05", "email", "unreadable", True),
        ("B06", "email", "written_unknown", True),
        ("B07", "phone", "missing_detail", True),
        ("B13", "enterprise_id", "inactive", True),
        (None, "enterprise_id", "missing_key", True),
        (None, "enterprise_id", "orphan", True),
        (None, "enterprise_id", "orphan", True),
    ]
    segment = dict(
        project.rows("select enterprise_id, segment_key from enterprise_segments")
    )
    small, large = segment["B01"], segment["B04"]
    assert segment["B02"] == small != large
    zinnia = digests_of("m.zinnia@gmail.com", "0781934657")
    swiss = digests_of("wanderlust@exemple.ch", "+41798145263")
    cafe = sha256("café-zinc@exemple.fr")
    for platform, first in (("meta", 0), ("google", 2)):
        here = sorted(f"{d[first]},{d[first + 1]}" for d in (zinnia, swiss))
        assert audiences_of(project, platform) == {
            small: here,
            f"{small}_add": here,
            large: [f"{cafe},"],
            f"{large}_add": [f"{cafe},"],
        }
    assert zinnia[2] == sha256("mzinnia@gmail.com")

    # Zinnia withdraws, the Swiss one's client grows, the third changes nothing.
    write_contacts(
        project,
        CONTACTS.replace("57,Oui", "57,non") + "B03,new.wanderlust@exemple.fr,,true\n",
    )
    accounts = f"{project.settings['RAW_DATA_DIR']}/social_accounts.csv"
    with project.edited_csv(accounts) as rows:
        for row in rows:
            if "B02" in row:
                row[:] = ["facebook", "B02", "2025-07-01", "220000"]
    later = project.build(as_of="2025-07-31 12:00:00")
    assert later.returncode == 0, later.stdout
    assert plain_contacts(project, later.stdout) == []
    new = sha256("new.wanderlust@exemple.fr")
    there = sorted([f"{cafe},", f"{swiss[0]},{swiss[1]}"])
    gone = sorted([f"{zinnia[0]},{zinnia[1]}", f"{swiss[0]},{swiss[1]}"])
    assert audiences_of(project) == {
        small: [f"{new},"],
        f"{small}_add": [f"{new},"],
        f"{small}_remove": gone,
        large: there,
        f"{large}_add": [f"{swiss[0]},{swiss[1]}"],
    }

    # What is refused leaks nothing either, and leaves the publication.
    write_contacts(project, CONTACTS + f"B01,{WHO}\n")
    refused = project.build("--debug", as_of="2025-07-31 12:00:00")
    assert refused.returncode == 2, refused.stdout
    assert plain_contacts(project, refused.stdout) == []
    assert audiences_of(project)[large] == there

    said = project.shell("make erase ID=B02")
    assert "Advertising platforms keep" in said
    assert audiences_of(project)[large] == [f"{cafe},"]
    traces = [
        path.name
        for folder in WRITTEN
        for path in (project.folder / folder).rglob("*.duckdb")
        if any(swiss[0] in text for (text,) in texts_in(path))
    ]
    assert traces == []
