{{ raw_rows('sales_lines') }}
