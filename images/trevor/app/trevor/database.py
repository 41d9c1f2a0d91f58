"""Connections to PostgreSQL, and what it means when one is refused."""

import asyncio
import logging
import time

import asyncpg

from trevor.failure import CREDENTIALS, INPUT, UNEXPECTED, UNREACHABLE, Failure, unanswered
from trevor.settings import Address

log = logging.getLogger("trevor")

# seconds a server may take to answer the first time: a new pod's rules and names need a moment
PATIENCE = 15

ANSWER_WITHIN = 2
# what a connection or a statement can fail with
ERRORS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


def tell(database: Address, error: BaseException) -> Failure:
    """What a refused or missing connection means, without anything of the URL but user, host and name."""
    code = getattr(error, "sqlstate", None)
    if code in ("28P01", "28000"):
        refused = f'refused the credential of user "{database.user}" (SQLSTATE {code})'
        return Failure(CREDENTIALS, f"database {database.host} {refused}; check DATABASE_URL in its Secret")
    if code == "3D000":
        return Failure(INPUT, f'database {database.host} has no database "{database.name}" (SQLSTATE {code})')
    # what is starting or shutting down does not answer yet, or no longer
    if code is not None and not code.startswith(("08", "57P")):
        return Failure(UNEXPECTED, f"database {database.host}: {error} (SQLSTATE {code})")
    return unanswered(f"database {database.host}", error)


async def connect(database: Address) -> asyncpg.Connection:
    """Opens one connection. A server that does not answer is asked again for a while, one that refuses is not."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return await asyncpg.connect(database.url, timeout=3)
        except ERRORS as error:
            told = tell(database, error)
            if told.code != UNREACHABLE or time.monotonic() > end:
                raise told from None
        log.info("waiting for the database", extra={"fields": {"host": database.host}})
        await asyncio.sleep(1)


async def pool(database: Address) -> asyncpg.Pool:
    """Connections that are made when they are needed. Statements are not kept: their plans would not outlive a migration."""
    return await asyncpg.create_pool(
        database.url, min_size=0, max_size=8, timeout=ANSWER_WITHIN, command_timeout=ANSWER_WITHIN, statement_cache_size=0
    )
