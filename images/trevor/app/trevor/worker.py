"""The worker: `arq trevor.worker.WorkerSettings` takes jobs from the queue and writes their results to the database."""

import socket
from typing import Any

from arq.connections import RedisSettings

from trevor import database
from trevor.failure import Failure
from trevor.settings import addresses

try:
    database_at, queue_at = addresses()
except Failure as failure:
    raise failure.end() from None

INSERT = """INSERT INTO job (id, payload, result, worker, queued_at, finished_at) VALUES ($1, $2, $3, $4, $5, now())
ON CONFLICT (id) DO NOTHING"""


async def capitals(worker: dict[str, Any], payload: str) -> None:
    """Does a job and writes its result; a job that is done twice has one result."""
    values = (worker["job_id"], payload, payload.upper(), socket.gethostname(), worker["enqueue_time"])
    await worker["pool"].execute(INSERT, *values)


async def begin(worker: dict[str, Any]) -> None:
    """A worker without a database takes no jobs."""
    try:
        await (await database.connect(database_at)).close()
    except Failure as failure:
        raise failure.end() from None
    worker["pool"] = await database.pool(database_at)


async def end(worker: dict[str, Any]) -> None:
    if "pool" in worker:
        await worker["pool"].close()


class WorkerSettings:
    """Read by arq."""

    functions = [capitals]
    on_startup = begin
    on_shutdown = end
    redis_settings = RedisSettings.from_dsn(queue_at.url)
    # `arq --check` fails this many seconds after a worker has stopped taking jobs
    health_check_interval = 10
    # a job is given to another worker 10 s later
    job_timeout = 20
    # told to stop, the jobs at hand are finished first
    job_completion_wait = 30
    # the result is in the database
    keep_result = 0
