{#- Refuse, right after it is built, a feature table that a fit cannot use. -#}
{% macro check_features() -%}
    {%- if is_executing() -%}
        {%- for segmentation, entry in segmentations().items()
            if entry.features == this.name -%}
            {%- do call_package('check_features', {
                'features': this.render() | string,
                'segmentation': segmentation,
                'variables': entry,
                'is_empty_run': flags.EMPTY,
            }) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
