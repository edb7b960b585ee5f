"""The version that dbt prints of an adapter."""

version = "0.1.0"
