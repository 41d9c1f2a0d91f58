"""Reads compiled artifacts: which jobs there are, and when they run."""

import json
from dataclasses import dataclass
from pathlib import Path

VERSION = "1"


class ArtifactsError(Exception):
    """Artifacts that are none; the message says which file, where in it, and what was expected."""


@dataclass(frozen=True)
class Job:
    """One job: its name is that of the CronJob it runs as."""

    name: str
    schedule: str | None


def read_jobs(path: Path) -> list[Job]:
    """The jobs of the artifacts in a file, in order. Raises ArtifactsError."""
    try:
        artifacts = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArtifactsError(f"{path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise ArtifactsError(f"{path}: line {error.lineno}, column {error.colno}: {error.msg}") from None
    if not isinstance(artifacts, dict) or artifacts.get("version") != VERSION:
        raise ArtifactsError(f'{path}: /version: expected "{VERSION}"')
    jobs = artifacts.get("jobs", [])
    if not isinstance(jobs, list):
        raise ArtifactsError(f"{path}: /jobs: expected a list")
    return [_job(path, index, job) for index, job in enumerate(jobs)]


def _job(path: Path, index: int, job: object) -> Job:
    if not isinstance(job, dict) or not isinstance(job.get("name"), str):
        raise ArtifactsError(f"{path}: /jobs/{index}/name: expected a name")
    schedule = job.get("schedule")
    if schedule is not None and not isinstance(schedule, str):
        raise ArtifactsError(f"{path}: /jobs/{index}/schedule: expected a cron expression")
    return Job(job["name"], schedule)
