{#- CTEs that end in `chances`: how likely at least `member_count` have a value where
    `cluster_total` are drawn at random from `population_total`, of whom `value_total`
    have it. That is the upper tail of the hypergeometric distribution, or Fisher's exact
    test with one side. One row per combination of these four columns of the relation;
    none where the value is no more frequent than in the whole.

    Exact to seven digits up to 16 million members; beyond, a tail may be longer than the
    10,000 terms that are added, the largest first. -#}
{% macro chances_of(relation) -%}
{%- set counts = ['member_count', 'cluster_total', 'value_total', 'population_total'] -%}
digits as (
    select digit
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as listed(digit)
),

further_members as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit
        as further_count
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
),

cases_told_apart as (
    select distinct {{ counts | join(', ') }}
    from {{ relation }}
    where member_count / cluster_total > value_total / population_total
),

cases_begun as (
    select
        {{ counts | join(',\n        ') }},
        {{ log_factorial('value_total') }}
        + {{ log_factorial('population_total - value_total') }}
        + {{ log_factorial('cluster_total') }}
        + {{ log_factorial('population_total - cluster_total') }}
        - {{ log_factorial('population_total') }} as log_numerator,
        -- Beyond ten standard deviations and some nothing is left to add.
        least(
            least(value_total, cluster_total) - member_count,
            50 + 10 * sqrt(cluster_total / population_total * value_total)
        ) as tail_length
    from cases_told_apart
),

tail_terms as (
    select
        {{ counts | join(',\n        ') }},
        exp(
            log_numerator
            - {{ log_factorial('member_count + further_count') }}
            - {{ log_factorial('value_total - member_count - further_count') }}
            - {{ log_factorial('cluster_total - member_count - further_count') }}
            - {{ log_factorial(
                'population_total - value_total - cluster_total + member_count'
                ~ ' + further_count'
            ) }}
        ) as term
    from cases_begun
    inner join further_members
        on further_members.further_count <= cases_begun.tail_length
),

chances as (
    select
        {{ counts | join(',\n        ') }},
        {{ in_order('sum', 'term') }} as chance
    from tail_terms
    group by {{ counts | join(', ') }}
)
{%- endmacro %}

{#- ln(n!) by Stirling's series of (n + 8)!, of which the next term is below 2e-10. -#}
{% macro log_factorial(count) -%}
    {%- set n = 'cast(' ~ count ~ ' as double)' -%}
    (
        ({{ n }} + 8.5) * ln({{ n }} + 9) - {{ n }} - 9 + 0.9189385332046727
        + 1 / (12 * ({{ n }} + 9)) - 1 / (360 * power({{ n }} + 9, 3))
        + 1 / (1260 * power({{ n }} + 9, 5))
        - ln({% for i in range(1, 9) %}{{ ' * ' if i > 1 }}({{ n }} + {{ i }}){% endfor %})
    )
{%- endmacro %}
