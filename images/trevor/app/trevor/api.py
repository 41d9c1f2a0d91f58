"""The HTTP API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from trevor import database, queue
from trevor.failure import reason
from trevor.metrics import CONTENT_TYPE, metrics
from trevor.settings import Address

LONGEST = 64 * 1024


class Api:
    """Answers requests."""

    def __init__(self, database_at: Address, queue_at: Address) -> None:
        self.database_at = database_at
        self.queue_at = queue_at
        self.requests = 0

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.jobs = queue.open_queue(self.queue_at)
        async with await database.pool(self.database_at) as self.pool:
            yield
        await self.jobs.aclose()

    async def health(self, _: Request) -> Response:
        """200 when the database has a schema and Redis can be used, otherwise 503 and every reason."""
        (revision, wrong), queue_said = await asyncio.gather(self.revision(), self.ping())
        said = {"database": wrong or "ok", "redis": queue_said, "revision": revision}
        healthy = wrong is None and queue_said == "ok"
        return JSONResponse(said, 200 if healthy else 503)

    async def revision(self) -> tuple[str, str | None]:
        """That of the database's schema, or why it cannot be read."""
        try:
            found = await asyncio.wait_for(
                self.pool.fetchval("SELECT version_num FROM alembic_version"), database.ANSWER_WITHIN
            )
            return (found, None) if found else ("", f"database {self.database_at.host}: no revision")
        except database.ERRORS as error:
            return "", f"database {self.database_at.host}: {reason(error)}"

    async def ping(self) -> str:
        try:
            await self.jobs.ping()
            return "ok"
        except queue.ERRORS as error:
            return str(queue.tell(self.queue_at, error))

    async def metrics(self, _: Request) -> Response:
        return Response(await metrics(self.requests, self.pool, self.jobs), media_type=CONTENT_TYPE)

    async def add_job(self, request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > LONGEST:
                break
        if not 0 < len(body) <= LONGEST:
            return JSONResponse({"error": "expected a text of at most 64 KiB"}, 400)
        payload = body.decode("utf-8", "replace")
        try:
            job = await self.jobs.enqueue_job("capitals", payload)
        except queue.ERRORS as error:
            return JSONResponse({"error": str(queue.tell(self.queue_at, error))}, 503)
        return JSONResponse(
            {"id": job.job_id if job else None, "payload": payload, "queued_at": datetime.now(UTC).isoformat()}, 202
        )

    async def show_job(self, request: Request) -> Response:
        try:
            row = await self.pool.fetchrow("SELECT result, worker FROM job WHERE id = $1", request.path_params["id"])
        except database.ERRORS as error:
            return JSONResponse({"error": reason(error)}, 503)
        if row is None:
            return JSONResponse({"error": "not done yet, or never queued"}, 404)
        return JSONResponse(dict(row))

    def app(self) -> ASGIApp:
        routes = [
            Route("/health", self.health),
            Route("/metrics", self.metrics),
            Route("/jobs", self.add_job, methods=["POST"]),
            Route("/jobs/{id}", self.show_job),
        ]
        starlette = Starlette(routes=routes, lifespan=self.lifespan)

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.requests += scope["type"] == "http"
            await starlette(scope, receive, send)

        return counted
