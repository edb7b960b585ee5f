{%- set scores = rfm_scores() -%}

with features as (
    select * from {{ ref('account_features') }}
),

cut_points as (
    select * from {{ ref('rfm_cut_points') }}
),

segments as (
    select * from {{ ref('rfm_segments') }}
),

cuts_side_by_side as (
    select
        {% for score, (measure, _) in scores.items() -%}
        {% for cut in range(1, 5) -%}
        max(cut_value) filter (where score = '{{ score }}' and cut_number = {{ cut }})
            as {{ score }}_{{ cut }},
        max(cut_account_id) filter (
            where score = '{{ score }}' and cut_number = {{ cut }}
        ) as {{ score }}_{{ cut }}_account_id,
        {% endfor -%}
        {% endfor -%}
        count(*) as cut_count
    from cut_points
),

accounts_scored as (
    select
        {% for score, (measure, sign) in scores.items() -%}
        1
        {%- for cut in range(1, 5) %}
        + case
            when
                {{ sign }} * features.{{ measure }}
                > {{ sign }} * cuts.{{ score }}_{{ cut }}
                or (
                    features.{{ measure }} = cuts.{{ score }}_{{ cut }}
                    and features.account_id > cuts.{{ score }}_{{ cut }}_account_id
                )
                then 1
            else 0
        end
        {%- endfor %} as {{ score }}_score,
        {% endfor -%}
        features.account_id
    from features
    cross join cuts_side_by_side as cuts
),

accounts_named as (
    select
        accounts_scored.account_id,
        accounts_scored.recency_score,
        accounts_scored.frequency_score,
        accounts_scored.monetary_score,
        segments.rfm_segment_key,
        segments.rfm_segment_name_fr,
        segments.rfm_segment_name_en
    from accounts_scored
    inner join segments
        on
            accounts_scored.recency_score
            between segments.recency_from and segments.recency_to
            and accounts_scored.frequency_score
            between segments.frequency_from and segments.frequency_to
            and accounts_scored.monetary_score
            between segments.monetary_from and segments.monetary_to
)

select * from accounts_named
