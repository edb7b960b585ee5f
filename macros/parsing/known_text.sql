{#- The trimmed text, NULL where it is one of the ways to write "unknown". -#}
{% macro known_text(trimmed_column) -%}
    case
        when lower({{ trimmed_column }}) not in (
            '{{ var("unknown_texts") | map("lower") | map("replace", "'", "''")
                | join("', '") }}'
        ) then {{ trimmed_column }}
    end
{%- endmacro %}
