"""The tables that charts are drawn from, and the segments in their order."""

from dataclasses import dataclass, replace
from functools import cached_property

from duckdb import DuckDBPyRelation


@dataclass(frozen=True, kw_only=True, eq=False)
class Segment:
    """A segment as it looks in every chart.

    Attributes
    ----------
    key : str
    names : dict of str to str
        By language.
    colour : str
        As ``#RRGGBB``.
    marker : str
        A marker of matplotlib.
    enterprise_count : int
        Its size by the model, 0 for one that the current fit does not have; in
        ``placed_segments`` the enterprises that are in it.
    """

    key: str
    names: dict[str, str]
    colour: str
    marker: str
    enterprise_count: int


@dataclass(frozen=True, kw_only=True)
class ChartSources:
    """The relations to read, named as the dbt models that they are."""

    int_segments_described: DuckDBPyRelation
    enterprise_segments: DuckDBPyRelation
    cluster_profiles: DuckDBPyRelation
    cluster_category_mix: DuckDBPyRelation
    cluster_city_mix: DuckDBPyRelation
    cluster_count_evaluation: DuckDBPyRelation
    projection_components: DuckDBPyRelation
    segment_migrations: DuckDBPyRelation

    @cached_property
    def known_segments(self) -> dict[str, Segment]:
        """Every segment there is or was, in the order in which they are shown.

        First those that the seed gives a place, then the others by size and key.
        """
        sizes = dict(
            self.cluster_profiles.project("segment_key, enterprise_count")
            .order("segment_key")
            .fetchall()
        )
        rows = (
            self.int_segments_described.project(
                "segment_key, segment_name_fr, segment_name_en, segment_colour,"
                " segment_marker, display_order"
            )
            .order("display_order nulls last, segment_key")
            .fetchall()
        )
        ranked = sorted(
            rows,
            key=lambda row: (
                row[5] is None,
                row[5] or 0,
                -sizes.get(row[0], 0),
                row[0],
            ),
        )
        return {
            key: Segment(
                key=key,
                names={"fr": name_fr, "en": name_en},
                colour=colour,
                marker=marker,
                enterprise_count=sizes.get(key, 0),
            )
            for key, name_fr, name_en, colour, marker, _ in ranked
        }

    @cached_property
    def segments(self) -> list[Segment]:
        """The segments of the current fit, in the order in which they are shown."""
        keys = self.cluster_profiles.project("segment_key").order("segment_key")
        current = {key for (key,) in keys.fetchall()}
        return [s for s in self.known_segments.values() if s.key in current]

    @cached_property
    def placed_segments(self) -> list[Segment]:
        """The segments of the current fit and those filled by hand, as they are filled.

        Their sizes count enterprises where they have been set.
        """
        rows = self.enterprise_segments.aggregate(
            "segment_key, count(*)", "segment_key"
        ).order("segment_key")
        sizes = dict(rows.fetchall())
        current = {segment.key for segment in self.segments}
        return [
            replace(segment, enterprise_count=sizes.get(segment.key, 0))
            for segment in self.known_segments.values()
            if segment.key in current or segment.key in sizes
        ]
