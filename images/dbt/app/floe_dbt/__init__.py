"""Runs dbt once and keeps what it wrote."""
