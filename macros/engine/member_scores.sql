{#- Scoring: every member in the space of a fit, as plain SQL over the feature table and
    the rows that the fit learned. Features and clusters are columns, so that members
    stream by; a level of a categorical feature, a block of 0/1 columns in the fit, is
    joined to what it adds.

    A feature that the fit dropped as constant has no scale, and adds 0.

    A feature that enters as ranks is looked up among the quantiles of the fit, as
    scikit-learn's QuantileTransformer does, to the same number. -#}

{#- CTE `scales`: one row with what the fit learned of each feature. CTEs `levels_<i>`:
    per level of a categorical feature its coordinate on each centroid. CTE `scaled`:
    members with `scaled_<i>` and `level_<i>`. Expects the CTEs `features` and
    `fit_rows`; `recipe` names key and features. -#}
{% macro scaled_members(recipe, cluster_count) -%}
{%- set ranked = ranked_features(recipe) -%}
scales as (
    select
        {%- for name in recipe.numeric_features %}
        {%- set i = loop.index0 %}
        {%- for parameter in ['imputation', 'center', 'scale'] %}
        {{ fit_value(parameter, name) }} as {{ parameter }}_{{ i }},
        {%- endfor %}
        {%- for cluster in range(cluster_count) %}
        {{ fit_value('centroid', name, cluster) }} as centroid_{{ i }}_{{ cluster }},
        {%- endfor %}
        {%- endfor %}
        {%- for name in recipe.categorical_features %}
        {%- set i = loop.index0 %}
        max(feature_level) filter (
            where parameter = 'imputed_level' and feature_name = '{{ name }}'
        ) as imputed_level_{{ i }},
        {%- for cluster in range(cluster_count) %}
        {{ in_order('sum', 'power(value, 2)') }} filter (
            where parameter = 'centroid' and feature_name = '{{ name }}'
            and cluster_id = {{ cluster }}
        ) as unseen_{{ i }}_{{ cluster }},
        {%- endfor %}
        {%- endfor %}
        count(*) as row_count
    from fit_rows
    having count(*) > 0
),

{% for name in recipe.categorical_features -%}
levels_{{ loop.index0 }} as (
    select
        feature_level as seen_level
        {%- for cluster in range(cluster_count) %},
        max(value) filter (where cluster_id = {{ cluster }}) as coordinate_{{ cluster }}
        {%- endfor %}
    from fit_rows
    where parameter = 'centroid' and feature_name = '{{ name }}'
    group by feature_level
),

{% endfor -%}
{% if ranked -%}
quantiles_placed as (
    select
        feature_name,
        value,
        cast(row_number() over (partition by feature_name order by value) - 1 as double)
        / (count(*) over (partition by feature_name) - 1) as place
    from fit_rows
    where parameter = 'quantile'
),

quantiles_told_apart as (
    select
        feature_name,
        value as step_value,
        min(place) as first_place,
        max(place) as last_place
    from quantiles_placed
    group by feature_name, value
),

-- From one quantile to the next the rank rises as a line. A value that several have is
-- in the middle of their places, the smallest at 0 and the largest at 1 all the same.
steps as (
    select
        feature_name,
        step_value,
        case
            when first_place = 0 then 0
            when last_place = 1 then 1
            else (first_place + last_place) / 2
        end as step_rank,
        last_place as line_start,
        lead(first_place) over by_value as line_end,
        lead(step_value) over by_value as next_value
    from quantiles_told_apart
    window by_value as (partition by feature_name order by step_value)
),

{% endif -%}
{{ 'known' if ranked else 'scaled' }} as (
    select
        cast(features.{{ recipe.key }} as string) as member_id
        {%- for name in recipe.numeric_features %}
        {%- set i = loop.index0 %}
        {%- set known = known_number('features.' ~ name) %}
        {%- if name in (recipe.log1p_features or []) %}
        {%- set known = 'ln(1 + case when ' ~ known ~ ' >= 0 then ' ~ known ~ ' end)' %}
        {%- endif %},
        {%- if name in ranked %}
        coalesce({{ known }}, scales.imputation_{{ i }}) as known_{{ i }}
        {%- else %}
        (coalesce({{ known }}, scales.imputation_{{ i }}) - scales.center_{{ i }})
        / scales.scale_{{ i }} as scaled_{{ i }}
        {%- endif %}
        {%- endfor %}
        {%- for name in recipe.categorical_features %},
        coalesce(cast(features.{{ name }} as string), scales.imputed_level_{{ loop.index0 }})
            as level_{{ loop.index0 }}
        {%- endfor %}
    from features
    cross join scales
)
{%- if ranked %},

{% for name in recipe.numeric_features if name in ranked -%}
{%- set i = recipe.numeric_features.index(name) -%}
steps_{{ i }} as (
    select * from steps where feature_name = '{{ name }}'
),

-- Of each different value once: that is all there is to sort.
ranks_{{ i }} as (
    select
        valued.known_value,
        case
            when steps_{{ i }}.step_value is null then 0
            when valued.known_value = steps_{{ i }}.step_value
                then steps_{{ i }}.step_rank
            when steps_{{ i }}.next_value is null then 1
            else
                steps_{{ i }}.line_start
                + (valued.known_value - steps_{{ i }}.step_value)
                / (steps_{{ i }}.next_value - steps_{{ i }}.step_value)
                * (steps_{{ i }}.line_end - steps_{{ i }}.line_start)
        end as value_rank
    from (select distinct known_{{ i }} as known_value from known) as valued
    {{ join_last_step(
        'steps_' ~ i, 'valued.known_value', 'step_value', 'next_value'
    ) }}
),

{% endfor -%}
scaled as (
    select
        known.member_id
        {%- for name in recipe.numeric_features %}
        {%- set i = loop.index0 %},
        {%- if name in ranked %}
        (ranks_{{ i }}.value_rank - scales.center_{{ i }}) / scales.scale_{{ i }}
            as scaled_{{ i }}
        {%- else %}
        known.scaled_{{ i }}
        {%- endif %}
        {%- endfor %}
        {%- for name in recipe.categorical_features %},
        known.level_{{ loop.index0 }}
        {%- endfor %}
    from known
    cross join scales
    {%- for name in recipe.numeric_features if name in ranked %}
    {%- set i = recipe.numeric_features.index(name) %}
    left join ranks_{{ i }} on known.known_{{ i }} = ranks_{{ i }}.known_value
    {%- endfor %}
)
{%- endif %}
{%- endmacro %}

{#- The numeric features of a recipe that enter as ranks. -#}
{% macro ranked_features(recipe) -%}
    {%- if recipe.scaling != 'ranks' -%}
        {{- return([]) -}}
    {%- endif -%}
    {{- return(
        recipe.numeric_features | reject('in', recipe.unscaled_features or []) | list
    ) -}}
{%- endmacro %}

{#- The same by the current fit of a segmentation, of which it adds the CTE `fit`. -#}
{% macro scaled_members_of(segmentation, recipe, cluster_count) -%}
features as (
    select * from {{ ref(recipe.features) }}
),

fit as (
    select * from {{ ref(segmentation ~ '_fit') }}
),

fit_rows as (
    select *
    from fit
    where section = 'model'
),

{{ scaled_members(recipe, cluster_count) }}
{%- endmacro %}

{#- The features of a recipe that are unknown of a member, apart by commas; NULL of none. -#}
{% macro unknown_features(recipe) -%}
    nullif(
            concat_ws(
                ', '
                {%- for name in recipe.numeric_features %},
                case when {{ known_number('features.' ~ name) }} is null then '{{ name }}' end
                {%- endfor %}
                {%- for name in recipe.categorical_features %},
                case when features.{{ name }} is null then '{{ name }}' end
                {%- endfor %}
            ), ''
        )
{%- endmacro %}

{% macro fit_value(parameter, feature_name, cluster=none) -%}
    max(value) filter (
            where parameter = '{{ parameter }}' and feature_name = '{{ feature_name }}'
            {%- if cluster is not none %} and cluster_id = {{ cluster }}{% endif %}
        )
{%- endmacro %}

{#- The weight of a categorical feature's columns, which are 0 or this in the fit. -#}
{% macro level_weight(recipe) -%}
    cast({{ recipe.categorical_weight | default(1.0) }} as double)
{%- endmacro %}

{#- CTEs from `scaled` on that end in `labelled`: each member's nearest and second
    nearest centroid by Euclidean distance, a tie going to the smaller number, with
    assignment_margin = (runner-up distance - distance) / (their sum), 0 if both are. -#}
{% macro labelled_members(recipe, cluster_count) -%}
{%- set clusters = range(cluster_count) -%}
{%- set w = level_weight(recipe) -%}
{%- set squares = 'squared_' ~ clusters | join(', squared_') -%}
{%- set others = 'other_' ~ clusters | join(', other_') -%}
distances_squared as (
    select
        scaled.member_id
        {%- for cluster in clusters %},
        0
        {%- for name in recipe.numeric_features %}
        + coalesce(
            power(
                scaled.scaled_{{ loop.index0 }}
                - scales.centroid_{{ loop.index0 }}_{{ cluster }}, 2
            ), 0
        )
        {%- endfor %}
        {%- for name in recipe.categorical_features %}
        {%- set i = loop.index0 %}
        + coalesce(
            scales.unseen_{{ i }}_{{ cluster }} + {{ w }} * {{ w }}
            - 2 * {{ w }} * levels_{{ i }}.coordinate_{{ cluster }},
            scales.unseen_{{ i }}_{{ cluster }}
        )
        {%- endfor %} as squared_{{ cluster }}
        {%- endfor %}
    from scaled
    cross join scales
    {%- for name in recipe.categorical_features %}
    left join levels_{{ loop.index0 }}
        on scaled.level_{{ loop.index0 }} = levels_{{ loop.index0 }}.seen_level
    {%- endfor %}
),

nearest_found as (
    select
        member_id,
        {{ squares }},
        least({{ squares }}) as nearest_squared,
        case least({{ squares }})
            {%- for cluster in clusters %}
            when squared_{{ cluster }} then {{ cluster }}
            {%- endfor %}
        end as cluster_id
    from distances_squared
),

-- least() passes over NULL: without the nearest, the runner-up is left.
others_left as (
    select
        member_id,
        cluster_id,
        nearest_squared
        {%- for cluster in clusters %},
        case when cluster_id <> {{ cluster }} then squared_{{ cluster }} end
            as other_{{ cluster }}
        {%- endfor %}
    from nearest_found
),

distances_taken as (
    select
        member_id,
        cluster_id,
        case least({{ others }})
            {%- for cluster in clusters %}
            when other_{{ cluster }} then {{ cluster }}
            {%- endfor %}
        end as runner_up_cluster_id,
        sqrt(greatest(nearest_squared, 0)) as distance,
        sqrt(greatest(least({{ others }}), 0)) as runner_up_distance
    from others_left
),

labelled as (
    select
        member_id,
        cast(cluster_id as integer) as cluster_id,
        distance as distance_to_centroid,
        cast(runner_up_cluster_id as integer) as runner_up_cluster_id,
        runner_up_distance,
        coalesce(
            (runner_up_distance - distance) / nullif(runner_up_distance + distance, 0),
            0
        ) as assignment_margin
    from distances_taken
)
{%- endmacro %}

{#- Label, distances and place on the map of every member: `<segmentation>_scores`. -#}
{% macro member_scores(segmentation) -%}
{%- if segmentation not in var('segmentations') -%}{{- return('') -}}{%- endif -%}
{%- set recipe = active_recipe(segmentation) -%}
{%- set cluster_count = recipe.n_clusters | int -%}
with {{ scaled_members_of(segmentation, recipe, cluster_count) }},

{{ labelled_members(recipe, cluster_count) }},

{{ projected_members(recipe, components='component <= 2') }},

axes_taken as (
    select
        member_id,
        max(coordinate) filter (where component = 1) as pca_x,
        -- A fitted space of one column is a line.
        coalesce(max(coordinate) filter (where component = 2), 0) as pca_y
    from projected
    group by member_id
),

scores as (
    select
        labelled.member_id,
        labelled.cluster_id,
        labelled.distance_to_centroid,
        labelled.runner_up_cluster_id,
        labelled.runner_up_distance,
        labelled.assignment_margin,
        axes_taken.pca_x,
        axes_taken.pca_y
    from labelled
    inner join axes_taken using (member_id)
)

select * from scores
{%- endmacro %}

{#- Where every member lies on every axis of the fit's projection. -#}
{% macro member_coordinates(segmentation) -%}
{%- set recipe = active_recipe(segmentation) -%}
with {{ scaled_members_of(segmentation, recipe, cluster_count=0) }},

{{ projected_members(recipe) }}
{%- endmacro %}

{#- CTEs from `scaled` on that end in `projected`: one row per member and component. -#}
{% macro projected_members(recipe, components='true') -%}
axes as (
    select
        component
        {%- for name in recipe.numeric_features %},
        max(value) filter (
            where parameter = 'loading' and feature_name = '{{ name }}'
        ) as loading_{{ loop.index0 }}
        {%- endfor %}
    from fit
    where section = 'projection' and parameter = 'loading' and {{ components }}
    group by component
),

offsets as (
    select
        loadings.component,
        {{ in_order('sum', 'loadings.value * column_means.value') }} as axis_offset
    from fit as loadings
    inner join fit as column_means using (position)
    where
        loadings.section = 'projection' and loadings.parameter = 'loading'
        and column_means.section = 'projection'
        and column_means.parameter = 'column_mean'
    group by loadings.component
),

projected as (
    select
        scaled.member_id,
        axes.component,
        0
        {%- for name in recipe.numeric_features %}
        + coalesce(scaled.scaled_{{ loop.index0 }} * axes.loading_{{ loop.index0 }}, 0)
        {%- endfor %}
        {%- for name in recipe.categorical_features %}
        + coalesce({{ level_weight(recipe) }} * loadings_{{ loop.index0 }}.value, 0)
        {%- endfor %}
        - offsets.axis_offset as coordinate
    from scaled
    cross join axes
    inner join offsets using (component)
    {%- for name in recipe.categorical_features %}
    {%- set alias = 'loadings_' ~ loop.index0 %}
    left join fit as {{ alias }}
        on
            {{ alias }}.section = 'projection' and {{ alias }}.parameter = 'loading'
            and axes.component = {{ alias }}.component
            and {{ alias }}.feature_name = '{{ name }}'
            and scaled.level_{{ loop.index0 }} = {{ alias }}.feature_level
    {%- endfor %}
)
{%- endmacro %}

{#- Whether a feature was unknown of a member when it was published. -#}
{% macro was_unknown(name) -%}
    instr(concat(', ', coalesce(published.unknown_features, ''), ','), ', {{ name }},') > 0
{%- endmacro %}

{#- Labels that the last published model gives today's members, as a select: by the
    settings and features of that model, whatever the variables say now. No rows where
    there is none, where one of its features is gone, or where it took logarithms of
    positive counts only, as models once did.

    `as_known`: only of members of whom a feature was unknown when they were published,
    and as if it still were. -#}
{% macro previous_labels(segmentation, as_known=false) -%}
{%- set entry = segmentations()[segmentation] -%}
{#- Here, for dbt must see it however the branches below go. -#}
{%- set parameters = ref('published_parameters') -%}
{%- set stored = namespace(settings=none, cluster_count=0) -%}
{%- if is_executing() -%}
    {%- set found = run_query(
        "select settings, count(distinct cluster_id)"
        ~ " from " ~ last_publication() ~ ".segmentation_fits"
        ~ " inner join " ~ last_publication() ~ ".fit_parameters"
        ~ " using (segmentation, fit_id) where segmentation = '" ~ segmentation
        ~ "' group by fit_id, settings order by fit_id desc limit 1"
    ) -%}
    {%- set columns = adapter.get_columns_in_relation(ref(entry.features))
        | map(attribute='name') | list -%}
    {%- for row in found.rows -%}
        {%- set settings = dict(fromjson(row[0]), key=entry.key) -%}
        {%- set names = settings.numeric_features + settings.categorical_features -%}
        {%- if not (settings.log_features or names | reject('in', columns) | list) -%}
            {%- set stored.settings = settings -%}
            {%- set stored.cluster_count = row[1] | int -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}
{%- if stored.cluster_count == 0 %}
    select
        '{{ segmentation }}' as segmentation,
        cast({{ entry.key }} as string) as member_id,
        cast(null as boolean) as has_lost_a_value,
        cast(null as integer) as cluster_id
    from {{ ref(entry.features) }}
    where false
{%- else %}
    {%- set settings = stored.settings %}
    {%- set names = settings.numeric_features + settings.categorical_features %}
    select
        '{{ segmentation }}' as segmentation,
        member_id,
        has_lost_a_value,
        cluster_id
    from (
        with published as (
            select *
            from {{ source('previous_publication', 'member_segments') }}
            where segmentation = '{{ segmentation }}'
        ),

        features as (
            {%- if as_known %}
            select
                {%- for name in names %}
                case when not ({{ was_unknown(name) }}) then members.{{ name }} end
                    as {{ name }},
                {%- endfor %}
                members.{{ entry.key }}
            from {{ ref(entry.features) }} as members
            inner join published
                on cast(members.{{ entry.key }} as string) = published.member_id
            where published.unknown_features <> ''
            {%- else %}
            select * from {{ ref(entry.features) }}
            {%- endif %}
        ),

        fit_rows as (
            select *
            from {{ parameters }}
            where
                segmentation = '{{ segmentation }}'
                and fit_id = (
                    select max(fit_id)
                    from {{ source('previous_publication', 'segmentation_fits') }}
                    where segmentation = '{{ segmentation }}'
                )
        ),

        {{ scaled_members(settings, stored.cluster_count) }},

        {{ labelled_members(settings, stored.cluster_count) }}

        select
            labelled.member_id,
            published.unknown_features is not null
            and (
                {%- for name in names %}
                {{ 'or ' if not loop.first }}
                (features.{{ name }} is null and not ({{ was_unknown(name) }}))
                {%- endfor %}
            ) as has_lost_a_value,
            labelled.cluster_id
        from labelled
        inner join features
            on labelled.member_id = cast(features.{{ entry.key }} as string)
        left join published using (member_id)
    ) as scored
{%- endif %}
{%- endmacro %}
