{#- A text of the seed recommendations with the names of the agency and of its channel. -#}
{% macro named_agency(text) -%}
    replace(
        replace({{ text }}, '{agency}', '{{ var("agency_name") | replace("'", "’") }}'),
        '{channel}', '{{ var("agency_channel") | replace("'", "’") }}'
    )
{%- endmacro %}
