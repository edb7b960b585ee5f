{#- A name with the HTML entities that web shops export as the characters that they stand
    for: by name, by number and, of an apostrophe, in base sixteen. Entities that stand
    for others stay, and garbled_text finds them. -#}
{% macro plain_name(column) -%}
    {%- set entities = {
        'amp': '&', 'quot': '"', 'apos': none, 'lt': '<', 'gt': '>', 'nbsp': ' ',
        'rsquo': '’', 'lsquo': '‘', 'laquo': '«', 'raquo': '»', 'ndash': '–',
        'mdash': '—', 'hellip': '…', 'euro': '€', 'deg': '°',
        'eacute': 'é', 'egrave': 'è', 'ecirc': 'ê', 'euml': 'ë', 'agrave': 'à',
        'acirc': 'â', 'ccedil': 'ç', 'icirc': 'î', 'iuml': 'ï', 'ocirc': 'ô',
        'ouml': 'ö', 'ucirc': 'û', 'ugrave': 'ù', 'uuml': 'ü', 'oelig': 'œ',
        'Eacute': 'É', 'Egrave': 'È', 'Ecirc': 'Ê', 'Agrave': 'À', 'Acirc': 'Â',
        'Ccedil': 'Ç', 'Icirc': 'Î', 'Ocirc': 'Ô', 'Ucirc': 'Û', 'OElig': 'Œ',
        '#x27': none, '#x2019': '’', '#39': none, '#039': none, '#38': '&',
        '#038': '&', '#34': '"', '#034': '"', '#160': ' ', '#8217': '’', '#8216': '‘',
        '#8211': '–', '#8230': '…', '#233': 'é', '#232': 'è', '#234': 'ê', '#235': 'ë',
        '#224': 'à', '#226': 'â', '#231': 'ç', '#238': 'î', '#239': 'ï', '#244': 'ô',
        '#251': 'û', '#249': 'ù', '#201': 'É', '#200': 'È', '#202': 'Ê', '#192': 'À',
        '#199': 'Ç', '#339': 'œ', '#338': 'Œ',
    } -%}
    {%- set decoded = namespace(sql=column) -%}
    {%- for entity, character in entities.items() -%}
        {#- An apostrophe in a literal is written differently on other engines. -#}
        {%- set decoded.sql = "replace(" ~ decoded.sql ~ ", '&" ~ entity ~ ";', "
            ~ ("'" ~ character ~ "'" if character else 'chr(39)') ~ ")" -%}
    {%- endfor -%}
    case
        when {{ column }} like '%&%;%'
            then {{ trimmed_text(decoded.sql) }}
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
