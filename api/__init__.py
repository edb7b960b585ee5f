"""The HTTP API: what is published, and scores of somebody who is not in the data.

It reads the published file and nothing else, and runs no dbt.
"""
