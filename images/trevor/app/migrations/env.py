"""Alembic runs this for every command that needs the database."""

from alembic import context

from trevor.migration import run

run(context)
