"""What a dbt build needs around it: checks, outcome, summary."""
