"""Runs a suspended CronJob once, as `kubectl create job --from` does, and waits for its end."""

import time
from collections.abc import Callable
from pathlib import Path

from kubernetes import client, config
from kubernetes.client.rest import ApiException
from urllib3.exceptions import HTTPError

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
# A name has 63 characters at most, and the pods' names are longer by six.
LONGEST = 57
# Seconds the API server may not answer while a Job runs.
UNANSWERED_FOR = 300


class JobFailed(Exception):
    """A Job that failed or cannot be made; the message says which and why."""


def run_once(template: str, run_id: str, log: Callable[[str], None]) -> str:
    """Runs the Job of the CronJob once for a run, waits, and gives its name. The same run gets the same Job again. Raises JobFailed."""
    config.load_incluster_config()
    namespace = (ACCOUNT / "namespace").read_text(encoding="utf-8").strip()
    batch = client.BatchV1Api()
    name = f"{template[:LONGEST - 9]}-{run_id[:8]}"
    _create(batch, namespace, template, name, run_id)
    log(f"Job {namespace}/{name} is created from CronJob {template}")
    try:
        _wait(batch, namespace, name)
    except BaseException:
        _stop_unless_ended(batch, namespace, name)
        raise
    finally:
        _tell(namespace, name, log)
    return name


def _create(batch: client.BatchV1Api, namespace: str, template: str, name: str, run_id: str) -> None:
    try:
        cron_job = batch.read_namespaced_cron_job(template, namespace)
    except ApiException as error:
        raise JobFailed(f"CronJob {namespace}/{template} cannot be read: {error.reason}; is the jobs chart installed?") from None
    spec = cron_job.spec.job_template.spec
    for container in spec.template.spec.containers:
        container.env = [*(container.env or []), client.V1EnvVar(name="FLOE_RUN_ID", value=run_id)]
    labels = {**(cron_job.spec.job_template.metadata.labels or cron_job.metadata.labels or {}), "dagster/run-id": run_id}
    spec.template.metadata.labels = {**(spec.template.metadata.labels or {}), "dagster/run-id": run_id}
    owner = client.V1OwnerReference(
        api_version="batch/v1", kind="CronJob", name=template, uid=cron_job.metadata.uid, controller=False
    )
    metadata = client.V1ObjectMeta(
        name=name, labels=labels, owner_references=[owner], annotations={"cronjob.kubernetes.io/instantiate": "manual"}
    )
    try:
        batch.create_namespaced_job(namespace, client.V1Job(metadata=metadata, spec=spec))
    except ApiException as error:
        if error.status != 409:  # a retry of the run
            raise JobFailed(f"Job {namespace}/{name} cannot be created: {error.reason}: {error.body}") from None


def _wait(batch: client.BatchV1Api, namespace: str, name: str) -> None:
    last_answer = time.monotonic()
    while True:
        try:
            conditions = batch.read_namespaced_job(name, namespace).status.conditions or []
            last_answer = time.monotonic()
        except (ApiException, HTTPError) as error:
            status = getattr(error, "status", None)  # none when there was no answer at all
            if status == 404:
                raise JobFailed(f"Job {namespace}/{name} is gone: someone deleted it") from None
            if status in (401, 403) or time.monotonic() - last_answer > UNANSWERED_FOR:
                raise
            conditions = []
        for condition in conditions:
            if condition.status == "True" and condition.type == "Complete":
                return
            if condition.status == "True" and condition.type == "Failed":
                raise JobFailed(f"Job {namespace}/{name} failed: {condition.reason}: {condition.message}")
        time.sleep(1)


def _stop_unless_ended(batch: client.BatchV1Api, namespace: str, name: str) -> None:
    """Nobody waits for it any more. What ended stays, with its log."""
    try:
        job = batch.read_namespaced_job(name, namespace)
        ended = any(one.status == "True" and one.type in ("Complete", "Failed") for one in job.status.conditions or [])
        if not ended:
            batch.delete_namespaced_job(name, namespace, propagation_policy="Background")
    except (ApiException, HTTPError):
        pass  # the first error counts


def _tell(namespace: str, name: str, log: Callable[[str], None]) -> None:
    core = client.CoreV1Api()
    try:
        for pod in core.list_namespaced_pod(namespace, label_selector=f"batch.kubernetes.io/job-name={name}").items:
            words = core.read_namespaced_pod_log(pod.metadata.name, namespace, tail_lines=100)
            log(f"pod {pod.metadata.name}:\n{words}")
    except (ApiException, HTTPError) as error:
        log(f"the logs of Job {namespace}/{name} cannot be read: {error}")
