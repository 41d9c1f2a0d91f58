"""The code location of compiled artifacts: a Dagster job for each of their jobs."""
