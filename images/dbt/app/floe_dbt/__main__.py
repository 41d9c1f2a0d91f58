"""floe-dbt <command of dbt> [arguments]: runs dbt with lineage events and keeps its artifacts in the object store.

Environment:
  DBT_PROJECT_DIR             folder of the project; dbt's own
  DBT_TARGET_PATH             folder dbt writes to; dbt's own
  OPENLINEAGE_URL             lineage server; without it no events are sent
  FLOE_RUN_ID                 run this belongs to; default the pod's name
  OBJECT_STORE_ENDPOINT       S3 endpoint; without it nothing is kept
  OBJECT_STORE_BUCKET         its bucket
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
The exit code is dbt's; 70 when dbt passed and its artifacts could not be kept.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

NOT_KEPT = 70
ARTIFACTS = ["manifest.json", "run_results.json", "catalog.json"]


def keep(target: Path) -> list[str]:
    """Puts dbt's artifacts into the object store, and gives their keys."""
    import boto3  # only here: it takes a second
    from botocore.config import Config

    run = os.environ.get("FLOE_RUN_ID") or socket.gethostname()
    store = boto3.client(
        "s3",
        endpoint_url=os.environ["OBJECT_STORE_ENDPOINT"],
        region_name=os.environ.get("AWS_REGION", "us-east-1"),
        config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 5, "mode": "standard"}),
    )
    keys = []
    for name in ARTIFACTS:
        if (target / name).is_file():
            keys.append(f"runs/{run}/{name}")
            store.upload_file(str(target / name), os.environ["OBJECT_STORE_BUCKET"], keys[-1])
    return keys


def run(command: list[str]) -> int:
    """Runs a command and gives its exit code. Told to stop, it tells the command as Ctrl-C does, on which dbt cancels its queries."""
    with subprocess.Popen(command) as child:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: child.send_signal(signal.SIGINT))
        code = child.wait()
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    program = "dbt-ol" if os.environ.get("OPENLINEAGE_URL") else "dbt"
    project = os.environ.get("DBT_PROJECT_DIR", ".")
    # dbt-ol reads the project's folder from its arguments alone
    code = run([program, *arguments, "--project-dir", project])
    if os.environ.get("OBJECT_STORE_ENDPOINT"):
        try:
            for key in keep(Path(os.environ.get("DBT_TARGET_PATH", "target"))):
                print(f"kept s3://{os.environ['OBJECT_STORE_BUCKET']}/{key}", flush=True)
        except Exception as error:  # whatever the client raises: dbt's own result counts more
            print(f"dbt's artifacts were not kept: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            return code or NOT_KEPT
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
