{#- Refuse, right after it is built, a feature table that a fit cannot use. -#}
{% macro check_features() -%}
    {%- if is_executing() -%}
        {%- for segmentation, entry in segmentations().items()
            if entry.features == this.name -%}
            {%- set base = graph.nodes.get(
                'model.' ~ project_name ~ '.base_' ~ entry.left_out_without
            ) -%}
            {%- set raw_rows = adapter.get_relation(
                base.database, base.schema, base.name
            ) if base -%}
            {%- do call_package('check_features', {
                'features': this.render() | string,
                'raw_rows': raw_rows.render() | string if raw_rows else none,
                'segmentation': segmentation,
                'variables': entry,
                'is_empty_run': flags.EMPTY,
            }) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
