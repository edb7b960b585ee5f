"""Load raw tables as text: CSV and Parquet files, PostgreSQL."""
