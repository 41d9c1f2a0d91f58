"""Metrics in the text format of Prometheus: requests, jobs, the schema's revision and the last migration."""

import asyncpg
from arq.constants import default_queue_name

from trevor import database, queue

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LAST = "SELECT before, after, seconds, finished_at FROM migration ORDER BY finished_at DESC LIMIT 1"
QUOTED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def metric(name: str, kind: str, help: str, value: float, **labels: str) -> str:
    """One metric with one value."""
    pairs = ",".join(f'{key}="{text.translate(QUOTED)}"' for key, text in labels.items())
    return f"# HELP {name} {help}\n# TYPE {name} {kind}\n{name}{f'{{{pairs}}}' if pairs else ''} {value}\n"


async def metrics(requests: int, pool: asyncpg.Pool, jobs: queue.ArqRedis) -> str:
    """All that can be read now; what a server does not answer is left out."""
    found = [metric("trevor_http_requests_total", "counter", "Requests since the program began.", requests)]
    try:
        waiting = await jobs.zcard(default_queue_name)
        found.append(metric("trevor_queue_jobs", "gauge", "Jobs in the queue.", waiting))
    except queue.ERRORS:
        pass
    try:
        found += await schema(pool)
    except database.ERRORS:
        pass
    return "".join(found)


async def schema(pool: asyncpg.Pool) -> list[str]:
    """Of what the migrations made."""
    async with pool.acquire(timeout=database.ANSWER_WITHIN) as connection:
        finished = await connection.fetchval("SELECT count(*) FROM job")
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        last = await connection.fetchrow(LAST)
    found = [
        metric("trevor_jobs_finished", "gauge", "Jobs with a result.", finished),
        metric("trevor_schema_revision_info", "gauge", "Revision of the database's schema.", 1, revision=revision),
    ]
    if last is not None:
        before, after, seconds, at = last
        took = "How long the last migration took."
        found += [
            metric("trevor_migration_duration_seconds", "gauge", took, seconds, before=before, after=after),
            metric("trevor_migration_timestamp_seconds", "gauge", "When it ended.", int(at.timestamp())),
        ]
    return found
