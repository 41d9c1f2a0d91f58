"""ARQ's queue in Redis, and what it means when it cannot be used."""

from arq.connections import ArqRedis
from redis.exceptions import AuthenticationError, AuthorizationError, RedisError

from trevor.failure import CREDENTIALS, Failure, unanswered
from trevor.settings import Address

ANSWER_WITHIN = 2
# what the queue can fail with
ERRORS = (RedisError, OSError, TimeoutError)


def open_queue(address: Address) -> ArqRedis:
    """Connects on first use."""
    return ArqRedis.from_url(address.url, socket_timeout=ANSWER_WITHIN, socket_connect_timeout=ANSWER_WITHIN)


def tell(address: Address, error: BaseException) -> Failure:
    """What to do about a refused or missing connection, without anything of the URL but its host."""
    refused = isinstance(error, AuthenticationError | AuthorizationError)
    if refused or any(word in str(error) for word in ("WRONGPASS", "NOAUTH", "invalid username-password")):
        return Failure(CREDENTIALS, f"redis {address.host} refused the credential; check REDIS_URL in its Secret")
    return unanswered(f"redis {address.host}", error.__cause__ or error)
