{#- The number of drivers that are kept of an enterprise. -#}
{%- set driver_count = 3 -%}

with contributions as (
    select * from {{ ref('driver_contributions') }}
),

features as (
    select * from {{ ref('enterprise_features') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

cluster_features as (
    select * from {{ ref('cluster_features') }}
),

contributions_in_favour as (
    select
        enterprise_id,
        feature_position,
        feature_name,
        contribution,
        -- In one order: the last bits of a sum depend on it.
        contribution / sum(contribution) over (
            partition by enterprise_id
            order by feature_position
            rows between unbounded preceding and unbounded following
        ) as contribution_share
    from contributions
    where contribution > 0
),

-- A share of one in a billion is what rounding makes of a feature that is equal.
drivers_ranked as (
    select
        enterprise_id,
        feature_name,
        contribution,
        contribution_share,
        row_number() over (
            partition by enterprise_id
            order by contribution desc, feature_position asc
        ) as driver_rank
    from contributions_in_favour
    where contribution_share > 1e-9
),

values_added as (
    select
        drivers_ranked.enterprise_id,
        drivers_ranked.driver_rank,
        drivers_ranked.feature_name,
        drivers_ranked.contribution,
        drivers_ranked.contribution_share,
        labels.cluster_id,
        labels.runner_up_cluster_id,
        case drivers_ranked.feature_name
            {% for feature_name in active_numeric_features() -%}
            when '{{ feature_name }}'
                then {{ known_number('features.' ~ feature_name) }}
            {% endfor -%}
        end as feature_value,
        {% if active_categorical_features() -%}
        case drivers_ranked.feature_name
            {% for feature_name in active_categorical_features() -%}
            when '{{ feature_name }}' then cast(features.{{ feature_name }} as varchar)
            {% endfor -%}
        end as category_value
        {%- else -%}
        cast(null as varchar) as category_value
        {%- endif %}
    from drivers_ranked
    inner join features on drivers_ranked.enterprise_id = features.enterprise_id
    inner join labels on drivers_ranked.enterprise_id = labels.enterprise_id
    where drivers_ranked.driver_rank <= {{ driver_count }}
),

drivers_compared as (
    select
        values_added.enterprise_id,
        values_added.driver_rank,
        values_added.feature_name,
        values_added.feature_value,
        values_added.category_value,
        own_features.cluster_mean as segment_mean,
        runner_up_features.cluster_mean as runner_up_mean,
        values_added.contribution,
        values_added.contribution_share
    from values_added
    left join cluster_features as own_features
        on
            values_added.cluster_id = own_features.cluster_id
            and values_added.feature_name = own_features.feature_name
            and values_added.category_value is not distinct from own_features.category
    left join cluster_features as runner_up_features
        on
            values_added.runner_up_cluster_id = runner_up_features.cluster_id
            and values_added.feature_name = runner_up_features.feature_name
            and values_added.category_value
            is not distinct from runner_up_features.category
)

select * from drivers_compared
