{#- So many drivers of a label are told at most. -#}
{% macro driver_count() -%}
    {{- return(3) -}}
{%- endmacro %}

{#- Which features put a member nearer to its centroid than to the runner-up's, those
    that weigh most: `<segmentation>_drivers`.

    The lead is the squared distance to the runner-up less that to the own centroid: a
    sum over the columns of the fitted space, so it falls apart by feature without
    remainder, the columns of a categorical feature together. Nothing is approximated.

    Columns for those who tell it: `level_contribution`, the part that the column of the
    member's own level has in the contribution; `is_distinctive`, whether this level is
    too frequent in the cluster, beside the runner-up, to be so by chance; `measure`, the
    first feature that correlates so with this one that the two say the same. -#}
{% macro member_drivers(segmentation) -%}
{%- if segmentation not in var('segmentations') -%}{{- return('') -}}{%- endif -%}
{%- set recipe = active_recipe(segmentation) -%}
{%- set w = level_weight(recipe) -%}
{%- set names = recipe.numeric_features + recipe.categorical_features -%}
{%- set numeric_count = recipe.numeric_features | length -%}
with scores as (
    select * from {{ ref(segmentation ~ '_scores') }}
),

feature_means as (
    select *
    from {{ ref('feature_means') }}
    where segmentation = '{{ segmentation }}'
),

measures as (
    select *
    from {{ ref('measures_told_apart') }}
    where segmentation = '{{ segmentation }}'
),

{{ scaled_members_of(segmentation, recipe, cluster_count=0) }},

centroids as (
    select
        cluster_id
        {%- for name in recipe.numeric_features %},
        {{ fit_value('centroid', name) }} as coordinate_{{ loop.index0 }}
        {%- endfor %}
        {%- for name in recipe.categorical_features %},
        {{ in_order('sum', 'power(value, 2)') }} filter (
            where parameter = 'centroid' and feature_name = '{{ name }}'
        ) as unseen_{{ loop.index0 }}
        {%- endfor %}
    from fit_rows
    where cluster_id is not null
    group by cluster_id
),

-- A sentence compares with the runner-up, so that is what has to be no chance.
levels_paired as (
    select
        own.member_count,
        own.cluster_total,
        own.member_count + runner_up.member_count as value_total,
        own.cluster_total + runner_up.cluster_total as population_total
    from feature_means as own
    inner join feature_means as runner_up using (feature_name, feature_level)
    where own.cluster_id <> runner_up.cluster_id
),

{{ chances_of('levels_paired') }},

-- (x - r) ** 2 - (x - c) ** 2 as a product, which cancels no digits.
contributions_measured as (
    select
        scaled.member_id,
        scores.cluster_id,
        scores.runner_up_cluster_id,
        {%- for name in recipe.numeric_features %}
        {%- set i = loop.index0 %}
        coalesce(
            (own.coordinate_{{ i }} - runner_up.coordinate_{{ i }})
            * (
                2 * scaled.scaled_{{ i }}
                - own.coordinate_{{ i }} - runner_up.coordinate_{{ i }}
            ), 0
        ) as contribution_{{ i }}
        {%- if not loop.last or recipe.categorical_features %},{% endif %}
        {%- endfor %}
        {%- for name in recipe.categorical_features %}
        {%- set i = loop.index0 %}
        {%- for side in ['runner_up', 'own'] %}
        {{ '- ' if side == 'own' }}coalesce(
            {{ side }}.unseen_{{ i }} + {{ w }} * {{ w }}
            - 2 * {{ w }} * {{ side }}_levels_{{ i }}.value,
            {{ side }}.unseen_{{ i }}
        )
        {%- endfor %} as contribution_{{ numeric_count + i }},
        coalesce(
            (own_levels_{{ i }}.value - runner_up_levels_{{ i }}.value)
            * (
                2 * {{ w }}
                - own_levels_{{ i }}.value - runner_up_levels_{{ i }}.value
            ), 0
        ) as level_contribution_{{ i }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from scaled
    inner join scores using (member_id)
    inner join centroids as own using (cluster_id)
    inner join centroids as runner_up
        on scores.runner_up_cluster_id = runner_up.cluster_id
    {%- for name in recipe.categorical_features %}
    {%- for side in ['runner_up', 'own'] %}
    {%- set alias = side ~ '_levels_' ~ recipe.categorical_features.index(name) %}
    left join fit_rows as {{ alias }}
        on
            {{ alias }}.parameter = 'centroid'
            and {{ side }}.cluster_id = {{ alias }}.cluster_id
            and {{ alias }}.feature_name = '{{ name }}'
            and scaled.level_{{ recipe.categorical_features.index(name) }}
            = {{ alias }}.feature_level
    {%- endfor %}
    {%- endfor %}
),

contributions_listed as (
    select
        contributions_measured.member_id,
        contributions_measured.cluster_id,
        contributions_measured.runner_up_cluster_id,
        feature_positions.feature_position,
        feature_positions.feature_name,
        case feature_positions.feature_position
            {%- for name in names %}
            when {{ loop.index0 }} then contribution_{{ loop.index0 }}
            {%- endfor %}
        end as contribution,
        case feature_positions.feature_position
            {%- for name in recipe.categorical_features %}
            when {{ numeric_count + loop.index0 }} then level_contribution_{{ loop.index0 }}
            {%- endfor %}
            when -1 then cast(null as double)
        end as level_contribution,
        {%- for name in names %}
        {{ '+ ' if not loop.first }}contribution_{{ loop.index0 }}
        {%- endfor %} as lead_square,
        {%- for name in names %}
        {{ '+ ' if not loop.first }}greatest(contribution_{{ loop.index0 }}, 0)
        {%- endfor %} as sum_in_favour
    from contributions_measured
    cross join (
        values
        {%- for name in names %}
        ({{ loop.index0 }}, '{{ name }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as feature_positions(feature_position, feature_name)
),

-- A share of one in a billion is what rounding makes of a feature that is equal.
drivers_ranked as (
    select
        member_id,
        cluster_id,
        runner_up_cluster_id,
        lead_square,
        feature_name,
        contribution,
        level_contribution,
        contribution / sum_in_favour as contribution_share,
        row_number() over (
            partition by member_id order by contribution desc, feature_position asc
        ) as driver_rank
    from contributions_listed
    where contribution > 0 and contribution / sum_in_favour > 1e-9
),

values_added as (
    select
        drivers_ranked.member_id,
        drivers_ranked.cluster_id,
        drivers_ranked.runner_up_cluster_id,
        drivers_ranked.driver_rank,
        drivers_ranked.feature_name,
        case drivers_ranked.feature_name
            {%- for name in recipe.numeric_features %}
            when '{{ name }}' then {{ known_number('features.' ~ name) }}
            {%- endfor %}
        end as feature_value,
        {%- if recipe.categorical_features %}
        case drivers_ranked.feature_name
            {%- for name in recipe.categorical_features %}
            when '{{ name }}' then cast(features.{{ name }} as string)
            {%- endfor %}
        end as feature_level,
        {%- else %}
        cast(null as string) as feature_level,
        {%- endif %}
        coalesce(measures.measure, drivers_ranked.feature_name) as measure,
        drivers_ranked.contribution,
        drivers_ranked.level_contribution,
        drivers_ranked.contribution_share,
        drivers_ranked.lead_square
    from drivers_ranked
    left join measures using (feature_name)
    inner join features
        on drivers_ranked.member_id = cast(features.{{ recipe.key }} as string)
    where drivers_ranked.driver_rank <= {{ driver_count() }}
),

drivers_compared as (
    select
        values_added.member_id,
        values_added.driver_rank,
        values_added.feature_name,
        values_added.feature_value,
        values_added.feature_level,
        own_means.cluster_mean as segment_mean,
        runner_up_means.cluster_mean as runner_up_mean,
        case
            when own_means.member_count + runner_up_means.member_count is not null
                then coalesce(chances.chance <= {{ recipe.distinctive_chance }}, false)
        end as is_distinctive,
        values_added.measure,
        values_added.contribution,
        values_added.level_contribution,
        values_added.contribution_share,
        values_added.lead_square
    from values_added
    {%- for side, cluster in [
        ('own_means', 'cluster_id'), ('runner_up_means', 'runner_up_cluster_id')
    ] %}
    left join feature_means as {{ side }}
        on
            values_added.{{ cluster }} = {{ side }}.cluster_id
            and values_added.feature_name = {{ side }}.feature_name
            and values_added.feature_level is not distinct from {{ side }}.feature_level
    {%- endfor %}
    left join chances
        on
            own_means.member_count = chances.member_count
            and own_means.cluster_total = chances.cluster_total
            and own_means.member_count + runner_up_means.member_count
            = chances.value_total
            and own_means.cluster_total + runner_up_means.cluster_total
            = chances.population_total
)

select * from drivers_compared
{%- endmacro %}

{#- Of each numeric feature of a segmentation the first one that correlates so with it
    that the two say the same: a row of `measures_told_apart`. -#}
{% macro feature_measures(segmentation, same_from=0.9) -%}
{%- set recipe = active_recipe(segmentation) -%}
with {{ scaled_members_of(segmentation, recipe, cluster_count=0) }},

measures_in_columns as (
    select
        {%- for name in recipe.numeric_features %}
        {%- set i = loop.index0 %}
        case
            {%- for earlier in recipe.numeric_features[:i] %}
            -- NaN, of a constant, is beyond every number.
            when
                abs(corr(scaled_{{ loop.index0 }}, scaled_{{ i }}))
                between {{ same_from }} and 1 + 1e-9
                then '{{ earlier }}'
            {%- endfor %}
            when true then '{{ name }}'
        end as measure_{{ i }}{{ ',' if not loop.last }}
        {%- endfor %}
    from scaled
)

select
    feature_names.feature_name,
    case feature_names.feature_name
        {%- for name in recipe.numeric_features %}
        when '{{ name }}' then measure_{{ loop.index0 }}
        {%- endfor %}
    end as measure
from measures_in_columns
cross join (
    values
    {%- for name in recipe.numeric_features %}
    ('{{ name }}'){{ ',' if not loop.last }}
    {%- endfor %}
) as feature_names(feature_name)
{%- endmacro %}
