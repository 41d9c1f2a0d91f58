"""`python -m trevor` serves the API on port 8000: /health, /metrics, /jobs.

Of the same image: `uv run arq trevor.worker.WorkerSettings` takes jobs from the queue and writes results to the database,
`uv run alembic upgrade head` brings the database to the newest revision.

Environment:
  DATABASE_URL          postgresql://user:password@host:port/database
  REDIS_URL             redis://:password@host:port/0; not for alembic
  ALEMBIC_CONFIG        alembic's own: which revisions there are; alembic.ini (1.0, the default) or alembic-<1.1|failing|diverged>.ini
  TREVOR_ADDRESS        where the API listens, default 0.0.0.0:8000
  TREVOR_START_SECONDS  how long the API pretends to start, default 0

Exit codes:
  0 done   1 a migration failed   2 wrong arguments or environment
  3 a credential was refused   4 revisions do not form one line   5 a server did not answer
"""

import time

began = time.monotonic()  # before the imports that take a part of the start

import os
import signal
import sys

import uvicorn

from trevor.api import Api
from trevor.failure import INPUT, Failure
from trevor.settings import addresses


def main(arguments: list[str]) -> None:
    if "--help" in arguments:
        print(__doc__)
        return
    # the first process of a container does not end by itself when it is told to
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    try:
        if arguments:
            raise Failure(INPUT, f"trevor: unknown arguments {' '.join(arguments)!r}; see --help")
        app = Api(*addresses()).app()
    except Failure as failure:
        raise failure.end() from None
    if seconds := int(os.environ.get("TREVOR_START_SECONDS") or 0):
        print(f"the start takes {seconds} s", flush=True)
        time.sleep(max(0, seconds - (time.monotonic() - began)))
    host, _, port = os.environ.get("TREVOR_ADDRESS", "0.0.0.0:8000").rpartition(":")
    # requests under way are answered before it ends
    uvicorn.run(app, host=host, port=int(port), access_log=False, timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main(sys.argv[1:])
