{#- What two spellings of one name share: lower case, no accents or ligatures,
    anything but letters and digits as one space. -#}
{% macro text_key(column) -%}
    nullif(trim(
        {{ replace_all(
            "replace(replace(replace(replace("
            ~ without_accents("lower(" ~ column ~ ")")
            ~ ", 'œ', 'oe'), 'æ', 'ae'), 'ø', 'o'), 'ß', 'ss')",
            '[^\\p{L}\\p{N}]+', ' '
        ) }}
    ), '')
{%- endmacro %}
