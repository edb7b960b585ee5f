{{ raw_rows('contacts') }}
