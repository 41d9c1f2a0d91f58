"""python3 -m floe.schema migrate | wait | daemon

  migrate  brings the schema of Dagster's database to this version, making it when there is none; the whole instance configuration has to allow that
  wait     waits until it is there
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


def missing() -> set[str]:
    """Tables that are not there."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        return TABLES - {name for (name,) in cursor.fetchall()}


def wait() -> int:
    told = ""
    while True:
        try:
            absent = missing()
            if not absent:
                return 0
            why = f"the schema lacks {', '.join(sorted(absent))}: the migration has not run yet"
        except Exception as error:  # whatever the database says until it is ready
            why = f"the database does not answer yet: {str(error).strip().splitlines()[0]}"
        if why != told:
            print(why, flush=True)
            told = why
        time.sleep(1)


def migrate() -> int:
    from dagster import DagsterInstance

    for attempt in range(30):
        try:
            with connect():
                break
        except Exception as error:
            why = str(error).strip().splitlines()[0]
            if attempt == 29 or "authentication failed" in why:
                print(f"the database cannot be used: {why}", flush=True)
                return 1
            time.sleep(2)
    with DagsterInstance.get() as instance:
        instance.upgrade(print)
    absent = missing()
    if absent:
        print(f"after the migration the schema lacks {', '.join(sorted(absent))}", flush=True)
        return 1
    print("the schema is there", flush=True)
    return 0


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


COMMANDS = {"migrate": migrate, "wait": wait, "daemon": daemon}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(COMMANDS[sys.argv[1]]())
