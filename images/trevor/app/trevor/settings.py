"""Addresses of the servers, from the environment. They hold passwords: no text repeats any of them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from trevor.failure import INPUT, Failure

DATABASE = ("postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg")
QUEUE = ("redis", "rediss")


@dataclass(frozen=True)
class Address:
    """A server's URL, and what of it may be shown."""

    url: str
    host: str
    user: str
    name: str

    def __repr__(self) -> str:
        return f"Address({self.host})"


def _address(variable: str, schemes: Sequence[str], port: int) -> Address:
    value = os.environ.get(variable, "")
    if not value:
        raise Failure(INPUT, f"{variable} is missing from the environment; it comes from a Secret")
    try:
        found = urlsplit(value)
        host = f"{found.hostname or ''}:{found.port or port}"
    except ValueError:
        found, host = urlsplit(""), ""
    if found.scheme not in schemes or not found.hostname:
        example = f"{schemes[0]}://user:password@host:port/name"
        raise Failure(INPUT, f"{variable} is not a URL such as {example} (not shown)")
    return Address(value, host, unquote(found.username or ""), found.path)


def database_address() -> Address:
    """The database's. Takes SQLAlchemy's spelling of the driver too: postgresql+asyncpg://."""
    found = _address("DATABASE_URL", DATABASE, 5432)
    return Address("postgresql" + found.url[found.url.index(":") :], found.host, found.user, found.name)


def queue_address() -> Address:
    """Redis'."""
    return _address("REDIS_URL", QUEUE, 6379)


def addresses() -> tuple[Address, Address]:
    """Those of both servers; names everything that is wrong with them at once."""
    found, wrong = [], []
    for read in (database_address, queue_address):
        try:
            found.append(read())
        except Failure as failure:
            wrong.append(str(failure))
    if wrong:
        raise Failure(INPUT, "\n".join(wrong))
    return found[0], found[1]
