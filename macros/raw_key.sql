{#- A key of a raw row that its place in the file does not change: the md5 of its
    content, and behind it which one of the rows with this md5 it is. Counted by md5 and
    not by content: a value that holds the separators makes the same md5 as another row. -#}
{% macro raw_key(columns) -%}
    {%- set digest -%}
        md5(concat_ws(
            chr(31)
            {%- for column in columns %},
            coalesce({{ column }}, chr(30))
            {%- endfor %}
        ))
    {%- endset -%}
    concat(
        {{ digest }},
        '-',
        row_number() over (
            partition by {{ digest }} order by {{ columns | join(', ') }}
        )
    )
{%- endmacro %}
