"""What the code server loads: `dagster api grpc -m floe.definitions`.

Environment:
  FLOE_ARTIFACTS  file of compiled artifacts; default /etc/floe/compiled_artifacts.json
  FLOE_JOBS       name of the jobs chart's release objects: the CronJob of job "total" is "<FLOE_JOBS>-total"
"""

import os
from pathlib import Path

from dagster import Definitions, DefaultScheduleStatus, JobDefinition, OpExecutionContext, ScheduleDefinition, job, op

from floe.artifacts import Job, read_jobs
from floe.kubernetes_jobs import run_once
from floe.tracing import span

ARTIFACTS = Path(os.environ.get("FLOE_ARTIFACTS", "/etc/floe/compiled_artifacts.json"))


def _job(one: Job) -> JobDefinition:
    identifier = one.name.replace("-", "_")
    template = f"{os.environ['FLOE_JOBS']}-{one.name}"

    @op(name=f"run_{identifier}")
    def run(context: OpExecutionContext) -> None:
        with span(one.name, {"dagster.run_id": context.run_id, "k8s.cronjob.name": template}):
            run_once(template, context.run_id, context.log.info)

    @job(name=identifier, tags={"floe.dev/job": one.name})
    def whole() -> None:
        run()

    return whole


def _definitions() -> Definitions:
    jobs = {one.name: (_job(one), one.schedule) for one in read_jobs(ARTIFACTS)}
    schedules = [
        ScheduleDefinition(job=definition, cron_schedule=schedule, default_status=DefaultScheduleStatus.RUNNING)
        for definition, schedule in jobs.values()
        if schedule
    ]
    return Definitions(jobs=[definition for definition, _ in jobs.values()], schedules=schedules)


definitions = _definitions()
