{#- Refuse, right after it is built, a feature table that the fit cannot use. -#}
{% macro check_features() -%}
    {%- if is_executing() -%}
        {%- do call_package('check_features', {
            'features': this.render() | string,
            'fit_variables': fit_variables(),
            'refit': var('refit'),
            'is_empty_run': flags.EMPTY,
        }) -%}
    {%- endif -%}
{%- endmacro %}
