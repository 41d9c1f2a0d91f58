{{/* A Job at set times, never two at once. Takes what hardened.job takes, and schedule. */}}
{{- define "hardened.cronJob" -}}
{{- $job := include "hardened.job" . | fromYaml -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  {{- toYaml $job.metadata | nindent 2 }}
spec:
  schedule: {{ .schedule | quote }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      {{- toYaml $job.spec | nindent 6 }}
{{- end }}
