"""What Alembic's commands do with the database: each revision in a transaction of its own, and a log of what came of it."""

import asyncio
import logging
import time
from typing import Any

from alembic import command
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from trevor import database
from trevor.failure import REVISIONS, UNEXPECTED, Failure
from trevor.log import to_stdout
from trevor.settings import database_address

log = logging.getLogger("trevor")
NOTHING = "(nothing)"


def run(context: Any) -> None:
    """Connects and lets Alembic work. Ends the program when that fails."""
    try:
        if target(context) is not None:
            to_stdout()
            refuse_several_heads(context)
        asyncio.run(online(context))
    except Failure as failure:
        raise failure.end() from None


def target(context: Any) -> str | None:
    """The revision of `alembic upgrade <revision>`; None for commands that migrate nothing."""
    options = context.config.cmd_opts
    return options.revision if options.cmd[0] is command.upgrade else None


def refuse_several_heads(context: Any) -> None:
    """Before the database is asked for anything: it does not matter where that is."""
    heads = sorted(context.script.get_heads())
    if len(heads) > 1 and target(context) == "head":
        advice = "make a merge revision that follows them all, nothing was migrated"
        raise Failure(REVISIONS, f"FAILED: multiple heads: {', '.join(heads)}; {advice}")


async def online(context: Any) -> None:
    address = database_address()
    # the connection is made by the creator, so that nothing of its URL gets into the engine's texts
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: database.connect(address), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(change, context)
    finally:
        await engine.dispose()


def current(connection: Connection, context: Any) -> str:
    """The database's revision, "" when it never had one."""
    found = context.get_context().get_current_heads()
    connection.rollback()  # each revision begins a transaction of its own
    if len(found) > 1:
        raise Failure(REVISIONS, f"FAILED: the database is at several revisions: {', '.join(found)}")
    return "".join(found)


def change(connection: Connection, context: Any) -> None:
    """Does what the command is for; an upgrade with what it tells about it."""
    applied: list[str] = []
    context.configure(
        connection=connection,
        transaction_per_migration=True,
        on_version_apply=lambda step, **_: applied.append(step.up_revision_id),
    )
    if target(context) is None:
        context.run_migrations()
        return
    before = current(connection, context)
    try:
        context.script.get_revisions(before or ())
    except CommandError:
        known = f"FAILED: the database is at revision {before}, which this version does not know"
        raise Failure(REVISIONS, f"{known}: it is older than the database") from None
    begun = time.monotonic()
    try:
        context.run_migrations()
    except DBAPIError as error:
        raise failed(connection, context, error) from None
    seconds = time.monotonic() - begun
    after = current(connection, context)
    if applied:
        record(connection, before, after, seconds)
    ends = {"before": before or NOTHING, "after": after or NOTHING}
    log.info("migration finished", extra={"fields": {**ends, "revisions": len(applied), "seconds": round(seconds, 6)}})


def failed(connection: Connection, context: Any, error: DBAPIError) -> Failure:
    """Which revision failed and why, and where that leaves the database."""
    connection.rollback()
    at = current(connection, context)
    left = list(context.script.iterate_revisions(target(context), at or "base"))
    step = f"revision {at or NOTHING} -> {left[-1].revision}, {left[-1].doc}" if left else "after the last revision"
    refusal = error.orig.__cause__ if error.orig is not None and error.orig.__cause__ else error.orig
    why = f"{refusal} (SQLSTATE {getattr(refusal, 'sqlstate', None)})"
    return Failure(UNEXPECTED, f"migration failed: {step}: {why}; the database stays at {at or NOTHING}")


def record(connection: Connection, before: str, after: str, seconds: float) -> None:
    """Keeps what the metrics tell of the last migration."""
    insert = text("INSERT INTO migration (before, after, seconds) VALUES (:before, :after, :seconds)")
    connection.execute(insert, {"before": before, "after": after, "seconds": seconds})
    connection.commit()
