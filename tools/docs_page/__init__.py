"""The documentation page: what dbt writes, with what dbt leaves out."""
