{{ raw_rows('enterprises') }}
