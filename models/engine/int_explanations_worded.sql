{%- set numeric_features = active_numeric_features() -%}
{%- set categorical_features = active_categorical_features() -%}
{%- set log_features = active_log_features() -%}
{%- set languages = ['fr', 'en'] -%}
{%- set texts = ['many', 'one', 'zero', 'unknown', 'absent', 'unit'] -%}
{%- set platforms = ['facebook', 'instagram', 'tiktok', 'other'] -%}
{#- A French semicolon follows a narrow no-break space. -#}
{%- set separators = {'fr': '\u202f; ', 'en': '; '} -%}
{#- French counts 0 and 1.5 as one, English only 1 itself. -#}
{%- set is_one = {'fr': 'abs(feature_value) < 2', 'en': 'abs(feature_value) = 1'} -%}

with drivers as (
    select * from {{ ref('enterprise_drivers') }}
),

features as (
    select * from {{ ref('enterprise_features') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

clusters as (
    select * from {{ ref('int_clusters_named') }}
),

segments as (
    select * from {{ ref('segments') }}
),

feature_texts as (
    select * from {{ ref('feature_texts') }}
),

feature_kinds as (
    select * from {{ ref('feature_kinds') }}
),

margin_levels as (
    select * from {{ ref('margin_levels') }}
),

placed as (
    select * from {{ ref('int_enterprises_placed') }}
),

override_texts as (
    select * from {{ ref('override_texts') }}
),

clusters_named_in_both as (
    select
        {% for language in languages -%}
        coalesce(
            segments.segment_name_{{ language }},
            concat(
                '{{ var("unnamed_segment")[language] | replace("'", "''") }} ',
                clusters.segment_key
            )
        ) as segment_name_{{ language }},
        {% endfor -%}
        clusters.cluster_id
    from clusters
    left join segments on clusters.segment_key = segments.segment_key
),

active_features as (
    {% for feature_name in numeric_features + categorical_features -%}
    {%- set is_numeric = loop.index <= numeric_features | length -%}
    select
        '{{ feature_name }}' as feature_name,
        {{ 'true' if feature_name in log_features else 'false' }} as is_log,
        '{{ 'any number' if is_numeric else 'any category' }}' as general_name
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

-- A feature that nobody wrote texts for is called by its column name.
texts_found as (
    select
        active_features.feature_name,
        active_features.is_log,
        coalesce(feature_texts.feature_name, active_features.general_name) as text_name
    from active_features
    left join feature_texts
        on active_features.feature_name = feature_texts.feature_name
),

driver_texts_joined as (
    select
        drivers.enterprise_id,
        drivers.driver_rank,
        drivers.feature_name,
        drivers.feature_value,
        drivers.category_value,
        drivers.contribution_share,
        texts_found.is_log,
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
        -- Of a yes or no that is no, the share of those that say no as well.
        case
            when feature_kinds.is_share and drivers.feature_value = 0
                then 100 * (1 - drivers.segment_mean)
            when feature_kinds.is_share then 100 * drivers.segment_mean
            else drivers.segment_mean
        end as segment_figure,
        case
            when feature_kinds.is_share and drivers.feature_value = 0
                then 100 * (1 - drivers.runner_up_mean)
            when feature_kinds.is_share then 100 * drivers.runner_up_mean
            else drivers.runner_up_mean
        end as runner_up_figure,
        coalesce(
            case feature_texts.account_flag
                {% for platform in platforms -%}
                when 'has_{{ platform }}_account'
                    then not features.has_{{ platform }}_account
                {% endfor -%}
            end,
            false
        ) as has_no_account
    from drivers
    inner join features on drivers.enterprise_id = features.enterprise_id
    inner join texts_found on drivers.feature_name = texts_found.feature_name
    inner join feature_texts on texts_found.text_name = feature_texts.feature_name
    inner join feature_kinds on feature_texts.kind = feature_kinds.kind
),

figures_worded as (
    select
        {% for language in languages -%}
        replace(
            replace(
                case
                    when has_no_account then absent_{{ language }}
                    when feature_value is null and category_value is null
                        then unknown_{{ language }}
                    when feature_value = 0
                        then coalesce(zero_{{ language }}, many_{{ language }})
                    when {{ is_one[language] }}
                        then coalesce(one_{{ language }}, many_{{ language }})
                    else many_{{ language }}
                end,
                '{feature}', feature_name
            ),
            '{value}',
            coalesce(
                category_value,
                {{ worded_number('feature_value', 'whole_from', language) }},
                ''
            )
        ) as value_{{ language }},
        {{ worded_number('segment_figure', 'whole_from', language) }}
            as segment_figure_{{ language }},
        {{ worded_number('runner_up_figure', 'whole_from', language) }}
            as runner_up_figure_{{ language }},
        case
            when has_no_account and unit_{{ language }} is not null
                then concat(unit_{{ language }}, ' ')
            else ''
        end as unit_{{ language }},
        first_comparison_{{ language }},
        next_comparison_{{ language }},
        {% endfor -%}
        -- A logarithm sees how many times as large, not how much larger.
        {% for figure in ['feature_value', 'segment_figure', 'runner_up_figure'] -%}
        case
            when is_log then ln(1 + greatest({{ figure }}, 0))
            else {{ figure }}
        end as compared_{{ figure }},
        {% endfor -%}
        enterprise_id,
        driver_rank,
        contribution_share,
        minimum_contribution_share,
        is_share,
        segment_figure,
        runner_up_figure
    from driver_texts_joined
),

-- Told are the drivers that weigh enough and whose figures show it. A category can
-- speak for a segment where it is rare, when the other segment is all of one trade; a
-- logarithm has no place for a count of 0, and its mean is not that of the counts.
drivers_shown_by_their_figures as (
    select
        enterprise_id,
        {% for language in languages -%}
        value_{{ language }},
        segment_figure_{{ language }},
        runner_up_figure_{{ language }},
        unit_{{ language }},
        first_comparison_{{ language }},
        next_comparison_{{ language }},
        {% endfor -%}
        driver_rank,
        is_share,
        -- A count and its flag both say that there is no account.
        row_number() over (
            partition by enterprise_id, value_fr, value_en order by driver_rank
        ) as mention
    from figures_worded
    where
        (driver_rank = 1 or contribution_share >= minimum_contribution_share)
        and (
            segment_figure is null
            or runner_up_figure is null
            or (
                segment_figure_fr <> runner_up_figure_fr
                and case
                    when is_share then segment_figure > runner_up_figure
                    when compared_feature_value is null then true
                    else
                        abs(compared_feature_value - compared_segment_figure)
                        < abs(compared_feature_value - compared_runner_up_figure)
                end
            )
        )
),

drivers_told as (
    select
        enterprise_id,
        {% for language in languages -%}
        value_{{ language }},
        segment_figure_{{ language }},
        runner_up_figure_{{ language }},
        unit_{{ language }},
        first_comparison_{{ language }},
        next_comparison_{{ language }},
        {% endfor -%}
        row_number() over (
            partition by enterprise_id order by driver_rank
        ) as place,
        row_number() over (
            partition by enterprise_id, is_share order by driver_rank
        ) as place_among_alike
    from drivers_shown_by_their_figures
    where mention = 1
),

drivers_worded as (
    select
        {% for language in languages -%}
        concat(
            value_{{ language }},
            coalesce(
                ' (' || replace(
                    replace(
                        replace(
                            case
                                when place_among_alike = 1
                                    then first_comparison_{{ language }}
                                else next_comparison_{{ language }}
                            end,
                            '{segment}', segment_figure_{{ language }}
                        ),
                        '{runner_up}', runner_up_figure_{{ language }}
                    ),
                    '{unit}', unit_{{ language }}
                ) || ')',
                ''
            )
        ) as driver_{{ language }},
        {% endfor -%}
        enterprise_id,
        place
    from drivers_told
),

drivers_joined as (
    select
        {% for language in languages -%}
        concat_ws(
            '{{ separators[language] }}',
            max(driver_{{ language }}) filter (where place = 1),
            max(driver_{{ language }}) filter (where place = 2),
            max(driver_{{ language }}) filter (where place = 3)
        ) as drivers_{{ language }},
        {% endfor -%}
        enterprise_id
    from drivers_worded
    group by enterprise_id
),

margin_levels_bounded as (
    select
        {% for language in languages -%}
        sentence_{{ language }},
        sentence_without_drivers_{{ language }},
        {% endfor -%}
        minimum_margin,
        lead(minimum_margin) over (order by minimum_margin) as next_minimum_margin
    from margin_levels
),

sentences_filled as (
    select
        {% for language in languages -%}
        replace(
            replace(
                replace(
                    case
                        when drivers_joined.enterprise_id is null
                            then levels.sentence_without_drivers_{{ language }}
                        else levels.sentence_{{ language }}
                    end,
                    '{segment}', own_names.segment_name_{{ language }}
                ),
                '{runner_up}', runner_up_names.segment_name_{{ language }}
            ),
            '{drivers}', coalesce(drivers_joined.drivers_{{ language }}, '')
        ) as explanation_{{ language }},
        {% endfor -%}
        labels.enterprise_id
    from labels
    inner join clusters_named_in_both as own_names
        on labels.cluster_id = own_names.cluster_id
    inner join clusters_named_in_both as runner_up_names
        on labels.runner_up_cluster_id = runner_up_names.cluster_id
    inner join margin_levels_bounded as levels
        on
            labels.assignment_margin >= levels.minimum_margin
            and (
                labels.assignment_margin < levels.next_minimum_margin
                or levels.next_minimum_margin is null
            )
    left join drivers_joined on labels.enterprise_id = drivers_joined.enterprise_id
),

-- What the model says of a client who is set by hand reads as its own opinion.
overrides_worded as (
    select
        {% for language in languages -%}
        replace(
            replace(
                override_texts.sentence_{{ language }},
                '{segment}', segments.segment_name_{{ language }}
            ),
            '{reason}', placed.override_reason
        ) as sentence_{{ language }},
        {% endfor -%}
        placed.enterprise_id
    from placed
    inner join segments on placed.segment_key = segments.segment_key
    cross join override_texts
    where placed.is_set_by_hand and override_texts.text_name = 'set_by_hand'
),

explanations_worded as (
    select
        {% for language in languages -%}
        case
            when overrides_worded.enterprise_id is not null
                then replace(
                    overrides_worded.sentence_{{ language }},
                    '{explanation}',
                    concat(
                        lower(
                            substr(sentences_filled.explanation_{{ language }}, 1, 1)
                        ),
                        substr(sentences_filled.explanation_{{ language }}, 2)
                    )
                )
            else sentences_filled.explanation_{{ language }}
        end as explanation_{{ language }},
        {% endfor -%}
        sentences_filled.enterprise_id
    from sentences_filled
    left join overrides_worded
        on sentences_filled.enterprise_id = overrides_worded.enterprise_id
)

select * from explanations_worded
