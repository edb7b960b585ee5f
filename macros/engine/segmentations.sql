{#- Every segmentation by name: its entry over the variables that all have in common. -#}
{% macro segmentations() -%}
    {%- set common = {'as_of': as_of_text(), 'robust_recipe': none, 'level_names': none,
        'left_out_without': none, 'history': none} -%}
    {%- for name in [
        'recipe', 'scaling', 'n_clusters', 'random_state', 'n_init', 'fit_sample_size',
        'refit', 'refit_after_days', 'refit_below_ari', 'refit_minimum_gain',
        'identity_distance_limit', 'projection_variance_share',
        'evaluate', 'evaluate_after_days', 'evaluation_sample_size',
        'minimum_cluster_size', 'minimum_stability_ari', 'distinctive_chance',
    ] -%}
        {%- do common.update({name: var(name)}) -%}
    {%- endfor -%}
    {%- for name in ['measures', 'identified_by', 'dimensions', 'presence_flags',
        'data_measures', 'numeric_features', 'categorical_features',
        'log1p_features', 'score_grid'] -%}
        {%- do common.update({name: []}) -%}
    {%- endfor -%}
    {%- set merged = {} -%}
    {%- for name, entry in var('segmentations').items() -%}
        {#- What dbt then cannot find says what to do: nothing else is known of it. -#}
        {%- do common.update({
            'features': 'features, to be added to the entry ' ~ name ~ ' of segmentations'
        }) -%}
        {%- do merged.update({name: dict(common, **entry)}) -%}
    {%- endfor -%}
    {{- return(merged) -}}
{%- endmacro %}

{#- What the table segmentation_variables has, by which Python models know variables. -#}
{% macro variables_listed() -%}
{%- for segmentation, variables in segmentations().items() %}
select
    '{{ segmentation }}' as segmentation,
    '{{ tojson(variables) | replace("'", "''") }}' as variables
{{ 'union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- Write that table anew where it is there: a command that selects other models would
    read the variables of an earlier one. -#}
{% macro refresh_variables() -%}
    {%- if is_executing() -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.segmentation_variables'] -%}
        {%- set table = adapter.get_relation(node.database, node.schema, node.name) -%}
        {%- if table -%}
            {%- do replace_table(table, variables_listed()) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- One segmentation with the features and settings of its active recipe. -#}
{% macro active_recipe(segmentation) -%}
    {%- set entry = segmentations()[segmentation] -%}
    {%- if entry.recipe == 'robust' and entry.robust_recipe -%}
        {{- return(dict(entry, **entry.robust_recipe)) -}}
    {%- endif -%}
    {{- return(entry) -}}
{%- endmacro %}

{#- A variable of the segmentation that a row of a stacked table belongs to. -#}
{% macro own_setting(name) -%}
    case segmentation
        {%- for segmentation, entry in segmentations().items() %}
        when '{{ segmentation }}' then {{ entry[name] }}
        {%- endfor %}
    end
{%- endmacro %}

{#- The rows of a model of each segmentation, one below the other, segmentation first. -#}
{% macro stacked(model, columns, where='true') -%}
    {%- for segmentation in segmentations() %}
    select
        '{{ segmentation }}' as segmentation,
        {{ columns | join(',\n        ') }}
    from {{ ref(segmentation ~ '_' ~ model) }}
    where {{ where }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The names of the segmentations whose members have this key. -#}
{% macro segmentations_of(key) -%}
    {{- return(
        var('segmentations').items() | selectattr('1.key', 'equalto', key)
            | map('first') | list
    ) -}}
{%- endmacro %}

{#- What a list of every segmentation names: triples of segmentation, entry and item. -#}
{% macro listed(name) -%}
    {%- set items = [] -%}
    {%- for segmentation, entry in segmentations().items() -%}
        {%- for item in entry[name] -%}
            {%- do items.append((segmentation, entry, item)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(items) -}}
{%- endmacro %}
