{{/* A Job at set times, never two at once. Takes what hardened.job takes, schedule, and optionally key (its path in the values),
     suspend (true: it waits to be started by someone, as kubectl create job --from does). */}}
{{- define "hardened.cronJob" -}}
{{- $name := merge (dict "key" (default "job" .key) "kind" "CronJob") (pick . "root" "suffix" "name") -}}
{{- include "hardened.validate" (list (include "hardened.nameProblem" $name)) -}}
{{- $job := include "hardened.job" . | fromYaml -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  {{- toYaml $job.metadata | nindent 2 }}
spec:
  schedule: {{ .schedule | quote }}
  {{- if .suspend }}
  suspend: true
  {{- end }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      {{- toYaml $job.spec | nindent 6 }}
{{- end }}
