{{ raw_rows('turnover') }}
