"""python3 -m floe.schema migrate | upgrade | wait | daemon

  migrate  brings the schema of Dagster's database to this version, making it when there is none; the instance configuration has to allow that
  upgrade  the same before an upgrade. With FLOE_DATABASE=own a database that does not answer is left to what comes: it may be what the upgrade repairs
  wait     waits until the schema is of this version
  daemon   passes while the daemon that runs in this container beats
Exit codes: 0 done, 1 not done and why, 2 wrong arguments.
"""

import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

# Dagster's daemons beat every 30 seconds.
SILENT_FOR = 180
TABLES = {"alembic_version", "runs", "event_logs", "jobs", "daemon_heartbeats"}
# Seconds a migration waits for the database; below the deadline of its Job, so that its last words are kept.
PATIENCE = {"migrate": 600, "upgrade": 60}


def connect():
    """A connection with what dagster.yaml says; without importing Dagster, which takes seconds."""
    import psycopg2
    import yaml

    file = Path(os.environ["DAGSTER_HOME"]) / "dagster.yaml"
    database = yaml.safe_load(file.read_text(encoding="utf-8"))["storage"]["postgres"]["postgres_db"]
    return psycopg2.connect(
        host=database["hostname"],
        port=database["port"],
        dbname=database["db_name"],
        user=database["username"],
        password=os.environ[database["password"]["env"]],
        connect_timeout=5,
    )


def missing() -> str:
    """What keeps the schema from being of this version; empty when nothing does."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        absent = TABLES - {name for (name,) in cursor.fetchall()}
        if absent:
            return f"it lacks {', '.join(sorted(absent))}"
        cursor.execute("select version_num from alembic_version")
        found = {version for (version,) in cursor.fetchall()}
    newest = heads()
    if found >= newest:
        return ""
    return f"it is at revision {', '.join(sorted(found))}, and this version needs {', '.join(sorted(newest))}"


def heads() -> set[str]:
    """The newest revisions this version of Dagster knows."""
    import dagster
    from alembic.script import ScriptDirectory

    return set(ScriptDirectory(str(Path(dagster.__file__).parent / "_core" / "storage" / "alembic")).get_heads())


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def wait() -> int:
    told = ""
    while True:
        try:
            why = missing()
            if not why:
                return 0
            why = f"the schema is not of this version yet: {why}"
        except Exception as error:  # whatever the database says until it is ready
            why = f"the database does not answer yet: {first_line(error)}"
        if why != told:
            print(why, flush=True)
            told = why
        time.sleep(1)


def refusal(seconds: int) -> str:
    """Why the database does not answer within that time; empty when it does. A refused credential is not waited for."""
    end = time.monotonic() + seconds
    while True:
        try:
            connect().close()
            return ""
        except Exception as error:
            why = first_line(error)
        if "authentication failed" in why or time.monotonic() > end:
            return why
        time.sleep(2)


def migrate(command: str = "migrate") -> int:
    why = refusal(PATIENCE[command])
    if why and command == "upgrade" and os.environ.get("FLOE_DATABASE") == "own" and "authentication failed" not in why:
        print(f"the database does not answer, so it is migrated beside the new pods: {why}", flush=True)
        return 0
    if why:
        print(f"the database cannot be used: {why}", flush=True)
        return 1
    from dagster import DagsterInstance

    with DagsterInstance.get() as instance:
        instance.upgrade(print)
    why = missing()
    if why:
        print(f"after the migration the schema is not of this version: {why}", flush=True)
        return 1
    print("the schema is there", flush=True)
    return 0


def upgrade() -> int:
    return migrate("upgrade")


def daemon() -> int:
    started = datetime.fromtimestamp(Path("/proc/1").stat().st_mtime, timezone.utc)
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("select max(timestamp), now() at time zone 'utc' from daemon_heartbeats")
        last, now = cursor.fetchone()
    if last is None or last.replace(tzinfo=timezone.utc) < started:
        print("no beat since the container has started", flush=True)
        return 1
    silent = (now - last).total_seconds()
    if silent > SILENT_FOR:
        print(f"no beat for {silent:.0f} seconds", flush=True)
        return 1
    return 0


COMMANDS = {"migrate": migrate, "upgrade": upgrade, "wait": wait, "daemon": daemon}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(COMMANDS[sys.argv[1]]())
