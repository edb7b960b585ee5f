{#- A key of a raw row that its place in the file does not change: the md5 of its
    content, and behind it which one of the rows with this content it is. -#}
{% macro raw_key(columns) -%}
    concat(
        md5(concat_ws(
            chr(31)
            {%- for column in columns %},
            coalesce({{ column }}, chr(30))
            {%- endfor %}
        )),
        '-',
        row_number() over (
            partition by {{ columns | join(', ') }} order by {{ columns | first }}
        )
    )
{%- endmacro %}
