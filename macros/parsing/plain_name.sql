{#- A name with the HTML entities that web shops export as the characters that they stand
    for: signs by name and number, letters with an accent by name. Others stay, and
    garbled_text finds them. -#}
{% macro plain_name(column) -%}
    {%- set signs = {
        'amp': '&', 'quot': '"', 'lt': '<', 'gt': '>', 'apos': none, '#39': none,
        '#039': none, '#x27': none, 'rsquo': '’', '#8217': '’', 'nbsp': ' ',
        '#160': ' ', 'oelig': 'œ', 'OElig': 'Œ',
    } -%}
    {#- The letter stands first, then the accent that is put behind it. -#}
    {%- set accents = {
        'acute': 769, 'grave': 768, 'circ': 770, 'uml': 776, 'cedil': 807,
    } -%}
    {%- set decoded = namespace(sql=column) -%}
    {%- for sign, character in signs.items() -%}
        {#- An apostrophe in a literal is written differently on other engines. -#}
        {%- set decoded.sql = "replace(" ~ decoded.sql ~ ", '&" ~ sign ~ ";', "
            ~ ("'" ~ character ~ "'" if character else 'chr(39)') ~ ")" -%}
    {%- endfor -%}
    {%- for accent, code in accents.items() -%}
        {%- set decoded.sql = replace_all(
            decoded.sql, '&([A-Za-z])' ~ accent ~ ';', '\\1' ~ '%c' % code
        ) -%}
    {%- endfor -%}
    case
        when {{ column }} like '%&%;%'
            then {{ trimmed_text(composed(decoded.sql)) }}
        else {{ column }}
    end
{%- endmacro %}

{#- Whether a name holds what an encoding or an export has made of other characters: an
    HTML entity that is not known, UTF-8 read as another encoding ("CafÃ©"), the mark that
    stands for what could not be read, or a sign of DOS or Macintosh behind a letter. -#}
{% macro garbled_text(name) -%}
    {{ matches(
        name,
        '&(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]{2,8});'
        ~ '|[ÃÂ][\\x{80}-\\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘“”•–—˜™š›œžŸ]|â€|\\x{FFFD}'
        ~ '|[a-z][‚„†‡ˆ‰Š‹]'
    ) }}
{%- endmacro %}
