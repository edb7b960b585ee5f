{#- Every member with its segment, its place and the reasons for it in words:
    `<segmentation>_members`. A view: the mart that reads it is where the texts are
    written, which costs more than to make them. -#}
{% macro explained_members(segmentation) -%}
{%- if segmentation not in var('segmentations') -%}{{- return('') -}}{%- endif -%}
{{ config(materialized='view') }}
{%- set recipe = active_recipe(segmentation) -%}
{%- set languages = ['fr', 'en'] -%}
{%- set figure = [
    'feature_name', 'feature_value', 'feature_level', 'segment_mean', 'runner_up_mean',
    'is_absent',
] -%}
{%- set texts = ['many', 'one', 'zero', 'unknown', 'absent', 'unit'] -%}
{#- A French semicolon follows a narrow no-break space. -#}
{%- set separators = {'fr': '\u202f; ', 'en': '; '} -%}
{#- French counts 0 and 1.5 as one, English only 1 itself. -#}
{%- set is_one = {'fr': 'abs(number) < 2', 'en': 'abs(number) = 1'} -%}

with drivers as (
    select * from {{ ref(segmentation ~ '_drivers') }}
),

features as (
    select * from {{ ref(recipe.features) }}
),

scores as (
    select * from {{ ref(segmentation ~ '_scores') }}
),

placed as (
    select *
    from {{ ref('members_placed') }}
    where segmentation = '{{ segmentation }}'
),

clusters as (
    select *
    from {{ ref('clusters_named') }}
    where segmentation = '{{ segmentation }}'
),

segments as (
    select *
    from {{ ref('segments_described') }}
    where segmentation = '{{ segmentation }}'
),

feature_texts as (
    select *
    from {{ ref('feature_texts') }}
    where segmentation = '{{ segmentation }}' or segmentation is null
),

feature_kinds as (
    select * from {{ ref('feature_kinds') }}
),

fit as (
    select * from {{ ref(segmentation ~ '_fit') }}
),

-- What stands in for a value that is unknown.
substitutes as (
    select
        feature_name,
        max(value) filter (where parameter = 'imputation') as substitute_value,
        max(feature_level) filter (where parameter = 'imputed_level')
            as substitute_level
    from fit
    where section = 'model'
    group by feature_name
),

override_texts as (
    select * from {{ ref('override_texts') }}
),

-- A feature that nobody wrote texts for is called by its column name.
features_described as (
    select
        names.feature_name,
        names.feature_name in (
            '{{ (recipe.log1p_features or []) | join("', '") }}'
        ) as is_log,
        substitutes.substitute_level,
        substitutes.substitute_value,
        feature_kinds.kind,
        feature_kinds.is_share,
        feature_kinds.whole_from,
        feature_kinds.minimum_contribution_share,
        {% for language in languages -%}
        {% for text in texts -%}
        feature_texts.{{ text }}_{{ language }},
        {% endfor -%}
        feature_kinds.first_comparison_{{ language }},
        feature_kinds.next_comparison_{{ language }},
        {% endfor -%}
        feature_texts.presence_flag
    from (
        values
        {%- for name in recipe.numeric_features + recipe.categorical_features %}
        (
            '{{ name }}',
            'any {{ "number" if name in recipe.numeric_features else "level" }}'
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as names(feature_name, any_name)
    left join substitutes using (feature_name)
    left join feature_texts as own_texts using (feature_name)
    inner join feature_texts
        on coalesce(own_texts.feature_name, names.any_name) = feature_texts.feature_name
    inner join feature_kinds on feature_texts.kind = feature_kinds.kind
),

-- Those that weigh enough. A level can also speak for a segment by what is frequent in
-- the other one: its own column has to make half of the difference, and no chance.
drivers_weighed as (
    select
        drivers.member_id,
        drivers.driver_rank,
        {% for column in figure if column != 'is_absent' -%}
        drivers.{{ column }},
        {% endfor -%}
        drivers.measure,
        {% if recipe.presence_flags -%}
        coalesce(
            case features_described.presence_flag
                {%- for flag in recipe.presence_flags %}
                when '{{ flag }}' then not features.{{ flag }}
                {%- endfor %}
            end,
            false
        ) as is_absent
        {%- else %}
        false as is_absent
        {%- endif %}
    from drivers
    inner join features_described using (feature_name)
    inner join features
        on drivers.member_id = cast(features.{{ recipe.key }} as string)
    where
        (
            drivers.driver_rank = 1
            or drivers.contribution_share
            >= features_described.minimum_contribution_share
        )
        and coalesce(drivers.level_contribution >= drivers.contribution / 2, true)
        and coalesce(drivers.is_distinctive, true)
),

-- Many members have the same figure, which is worded once.
figures as (
    select distinct
        {{ figure | join(', ') }}
    from drivers_weighed
),

figures_described as (
    select
        {% for column in figure -%}
        figures.{{ column }},
        {% endfor -%}
        figures.feature_value is null and figures.feature_level is null as is_unknown,
        coalesce(figures.feature_level, described.substitute_level) as shown_level,
        coalesce(
            figures.feature_value,
            case
                when is_log then exp(described.substitute_value) - 1
                else described.substitute_value
            end
        ) as shown_value,
        described.is_log,
        described.is_share,
        -- No account here and none there are two things, and so are two flags.
        case
            when not described.is_share and figures.feature_value <> 0
                then concat(described.kind, ' ', figures.feature_value)
            else figures.feature_name
        end as number_told,
        described.whole_from,
        {% for language in languages -%}
        {% for text in texts -%}
        described.{{ text }}_{{ language }},
        {% endfor -%}
        described.first_comparison_{{ language }},
        described.next_comparison_{{ language }},
        {% endfor -%}
        -- Of a yes or no that is no, the share of those that say no as well.
        {% for side in ['segment', 'runner_up'] -%}
        case
            when described.is_share and figures.feature_value = 0
                then 100 * (1 - figures.{{ side }}_mean)
            when described.is_share then 100 * figures.{{ side }}_mean
            else figures.{{ side }}_mean
        end as {{ side }}_figure{{ ',' if not loop.last }}
        {% endfor -%}
    from figures
    inner join features_described as described using (feature_name)
),

figures_worded as (
    select
        {% for language in languages -%}
        {% call filled({
            'feature': 'feature_name',
            'value': "coalesce(shown_level, "
                ~ worded_number('shown_value', 'whole_from', language) ~ ", '')",
        }) -%}
            case
                when is_absent then absent_{{ language }}
                when is_unknown then unknown_{{ language }}
                when feature_value = 0
                    then coalesce(zero_{{ language }}, many_{{ language }})
                when {{ is_one[language] | replace('number', 'feature_value') }}
                    then coalesce(one_{{ language }}, many_{{ language }})
                else many_{{ language }}
            end
        {%- endcall %} as value_{{ language }},
        {% for side in ['segment', 'runner_up'] -%}
        {{ worded_number(side ~ '_figure', 'whole_from', language) }}
            as {{ side }}_{{ language }},
        {% endfor -%}
        -- A unit is a regular plural.
        coalesce(
            case
                when not is_absent then ''
                when {{ is_one[language] | replace('number', 'segment_figure') }}
                    then {{ replace_all('unit_' ~ language, 's$', '') }} || ' '
                else unit_{{ language }} || ' '
            end,
            ''
        ) as unit_{{ language }},
        first_comparison_{{ language }},
        next_comparison_{{ language }},
        {% endfor -%}
        -- A logarithm sees how many times as large, not how much larger.
        {% for number in ['feature_value', 'segment_figure', 'runner_up_figure'] -%}
        case
            when is_log then ln(1 + greatest({{ number }}, 0))
            else {{ number }}
        end as compared_{{ number }},
        {% endfor -%}
        {{ figure | join(', ') }},
        number_told,
        is_unknown,
        is_share,
        segment_figure,
        runner_up_figure
    from figures_described
),

-- Told are those that show why: a logarithm only where the means of the counts agree.
figures_that_tell as (
    select
        {% for language in languages -%}
        {% for place in ['first', 'next'] -%}
        {% set comparison -%}
        {% call filled({
            'segment': 'segment_' ~ language,
            'runner_up': 'runner_up_' ~ language,
            'unit': 'unit_' ~ language,
        }) -%}
            {{ place }}_comparison_{{ language }}
        {%- endcall %}
        {%- endset -%}
        concat(value_{{ language }}, coalesce(' (' || {{ comparison }} || ')', ''))
            as {{ place }}_mention_{{ language }},
        {% endfor -%}
        value_{{ language }},
        {% endfor -%}
        {{ figure | join(', ') }},
        number_told,
        is_unknown,
        is_share
    from figures_worded
    where
        segment_figure is null
        or runner_up_figure is null
        or (
            segment_fr <> runner_up_fr
            and case
                when is_share then segment_figure > runner_up_figure
                when compared_feature_value is null then true
                else
                    abs(compared_feature_value - compared_segment_figure)
                    < abs(compared_feature_value - compared_runner_up_figure)
            end
        )
),

-- The same words, two measures that are all but one, or two equal numbers say one thing.
-- What weighs more is told, so that the sentence begins with what decided.
drivers_compared as (
    select
        {% for language in languages -%}
        {% for place in ['first', 'next'] -%}
        told.{{ place }}_mention_{{ language }},
        {% endfor -%}
        {% endfor -%}
        weighed.member_id,
        weighed.driver_rank,
        told.is_unknown,
        told.is_share,
        {% for before in range(1, driver_count()) -%}
        {% for columns in [
            ['told.value_fr', 'told.value_en'], ['weighed.measure'], ['told.number_told']
        ] -%}
        {{ 'or ' if not (loop.first and before == 1) -}}
        coalesce(
            {%- for column in columns %}
            {{ 'and ' if not loop.first -}}
            lag({{ column }}, {{ before }}) over by_weight = {{ column }}
            {%- endfor %},
            false
        )
        {% endfor -%}
        {% endfor -%}
        as is_repeated
    from drivers_weighed as weighed
    inner join figures_that_tell as told
        on
            {% for column in figure -%}
            {{ 'and ' if not loop.first -}}
            weighed.{{ column }} is not distinct from told.{{ column }}
            {% endfor -%}
    window by_weight as (partition by weighed.member_id order by weighed.driver_rank)
),

drivers_told as (
    select
        {% for language in languages -%}
        first_mention_{{ language }},
        next_mention_{{ language }},
        {% endfor -%}
        member_id,
        driver_rank,
        is_unknown,
        row_number() over (
            partition by member_id, is_share order by driver_rank
        ) as place_among_alike
    from drivers_compared
    where not is_repeated
),

drivers_joined as (
    select
        {% for language in languages -%}
        concat_ws(
            '{{ separators[language] }}'
            {%- for rank in range(1, driver_count() + 1) %},
            max(
                case
                    when place_among_alike = 1 then first_mention_{{ language }}
                    else next_mention_{{ language }}
                end
            ) filter (where driver_rank = {{ rank }})
            {%- endfor %}
        ) as drivers_{{ language }},
        {% endfor -%}
        count(*) filter (where not is_unknown) > 0 as rests_on_known,
        member_id
    from drivers_told
    group by member_id
),

margin_levels as (
    select
        {% for language in languages -%}
        sentence_{{ language }},
        sentence_without_drivers_{{ language }},
        {% endfor -%}
        cases.rests_on_known,
        minimum_margin,
        lead(minimum_margin) over (
            partition by cases.rests_on_known order by minimum_margin
        ) as next_minimum_margin
    from {{ ref('margin_levels') }}
    -- Where all that is told is a substitute, some sentences would say too much.
    inner join (values (true), (false)) as cases(rests_on_known)
        on cases.rests_on_known or not needs_known_value
),

-- Each has a match. Left joins, so that a plan counts on as many rows as there are.
sentences_filled as (
    select
        {% for language in languages -%}
        {% call filled({
            'segment': 'own_names.segment_name_' ~ language,
            'runner_up': 'runner_up_names.segment_name_' ~ language,
            'drivers': 'coalesce(drivers_joined.drivers_' ~ language ~ ", '')",
        }) -%}
            case
                when drivers_joined.member_id is null
                    then margin_levels.sentence_without_drivers_{{ language }}
                else margin_levels.sentence_{{ language }}
            end
        {%- endcall %} as explanation_{{ language }},
        {% endfor -%}
        runner_up_names.segment_key as runner_up_segment_key,
        scores.member_id
    from scores
    left join clusters as own_names using (cluster_id)
    left join clusters as runner_up_names
        on scores.runner_up_cluster_id = runner_up_names.cluster_id
    left join drivers_joined using (member_id)
    left join margin_levels
        on
            coalesce(drivers_joined.rests_on_known, true) = margin_levels.rests_on_known
            and scores.assignment_margin >= margin_levels.minimum_margin
            and (
                scores.assignment_margin < margin_levels.next_minimum_margin
                or margin_levels.next_minimum_margin is null
            )
),

-- What the model says of a client who is set by hand reads as its own opinion.
members_explained as (
    select
        scores.member_id,
        scores.cluster_id,
        placed.segment_key,
        placed.segment_name,
        placed.model_segment_key,
        placed.is_set_by_hand,
        placed.override_reason,
        scores.distance_to_centroid,
        {{ unknown_features(recipe) }} as unknown_features,
        sentences_filled.runner_up_segment_key,
        scores.assignment_margin,
        scores.pca_x,
        scores.pca_y
        {%- for language in languages %},
        {% set explanation = 'sentences_filled.explanation_' ~ language -%}
        -- Composed for those only of whom it is said.
        case
            when placed.is_set_by_hand
                then coalesce(
                    {% call filled({
                        'segment': 'segments.segment_name_' ~ language,
                        'reason': 'placed.override_reason',
                        'explanation': 'concat(lower(substr(' ~ explanation
                            ~ ', 1, 1)), substr(' ~ explanation ~ ', 2))',
                    }) -%}
                        override_texts.sentence_{{ language }}
                    {%- endcall %},
                    {{ explanation }}
                )
            else {{ explanation }}
        end as explanation_{{ language }}
        {%- endfor %}
    from scores
    inner join features on scores.member_id = cast(features.{{ recipe.key }} as string)
    inner join placed using (member_id)
    inner join sentences_filled using (member_id)
    left join segments using (segment_key)
    left join override_texts
        on placed.is_set_by_hand and override_texts.text_name = 'set_by_hand'
)

select * from members_explained
{%- endmacro %}

{#- The text that the caller writes, with a column for each `{placeholder}`. -#}
{% macro filled(columns) -%}
{%- set filled = namespace(text=caller()) -%}
{%- for placeholder, column in columns.items() -%}
    {%- set filled.text = (
        'replace(' ~ filled.text ~ ", '{" ~ placeholder ~ "}', " ~ column ~ ')'
    ) -%}
{%- endfor -%}
{{ filled.text }}
{%- endmacro %}
