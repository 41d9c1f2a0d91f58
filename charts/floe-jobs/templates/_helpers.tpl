{{/* Label of every object and pod: which logical environment it belongs to. Takes the root context. */}}
{{- define "hardened.extraLabels" -}}
floe.dev/environment: {{ .Values.global.environment }}
{{- end }}

{{/* dbt's connections: the password is a variable that dbt keeps out of its logs, by the beginning of its name. Takes the root context. */}}
{{- define "floe-jobs.profiles" -}}
floe:
  target: {{ .Values.global.environment }}
  outputs:
    {{ .Values.global.environment }}:
      type: postgres
      host: {{ .Values.warehouse.host }}
      port: {{ .Values.warehouse.port }}
      dbname: {{ .Values.warehouse.database }}
      user: {{ .Values.warehouse.user }}
      password: "{{ "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}" }}"
      schema: {{ .Values.warehouse.schema }}
      threads: 2
{{- end }}

{{/* A key of a ConfigMap for a path: "/" is no character of one. Takes the path. */}}
{{- define "floe-jobs.fileKey" -}}
{{- . | replace "/" ".." -}}
{{- end }}

{{/* The files of a job: artifacts, profiles and, when the chart has one, the project. Takes the root context. */}}
{{- define "floe-jobs.volumes" -}}
{{- $volumes := list (dict "name" "files" "configMap" (dict "name" (include "hardened.fullname" .))) -}}
{{- if .Values.project -}}
{{- $items := list -}}
{{- range $path, $_ := .Values.project }}{{ $items = append $items (dict "key" (include "floe-jobs.fileKey" $path) "path" $path) }}{{ end -}}
{{- $volumes = append $volumes (dict "name" "project" "configMap" (dict "name" (include "hardened.childName" (dict "root" . "suffix" "project")) "items" $items)) -}}
{{- end -}}
{{- toYaml $volumes -}}
{{- end }}

{{/* Where those are mounted. Takes the root context. */}}
{{- define "floe-jobs.mounts" -}}
- name: files
  mountPath: /etc/floe
  readOnly: true
{{- if .Values.project }}
- name: project
  mountPath: /project
  readOnly: true
{{- end }}
{{- end }}

{{/* Variables of every job: dbt writes below /tmp alone. Takes the root context. */}}
{{- define "floe-jobs.environment" -}}
HOME: /tmp
DBT_PROJECT_DIR: /project
DBT_PROFILES_DIR: /etc/floe
DBT_TARGET_PATH: /tmp/target
DBT_LOG_PATH: /tmp/logs
DBT_SEND_ANONYMOUS_USAGE_STATS: "false"
DBT_PARTIAL_PARSE: "false"
{{- with .Values.lineage.url }}
OPENLINEAGE_URL: {{ . | quote }}
OPENLINEAGE_NAMESPACE: {{ default (printf "floe-%s" $.Values.global.environment) $.Values.lineage.namespace }}
{{- end }}
{{- with .Values.objectStorage.endpoint }}
OBJECT_STORE_ENDPOINT: {{ . | quote }}
OBJECT_STORE_BUCKET: {{ $.Values.objectStorage.bucket }}
{{- end }}
{{- end }}

{{/* Names of the Secrets whose keys are variables of every job, as a list. Takes the root context. */}}
{{- define "floe-jobs.secrets" -}}
- {{ .Values.warehouse.existingSecret }}
{{- if .Values.objectStorage.endpoint }}
- {{ .Values.objectStorage.existingSecret }}
{{- end }}
{{- end }}

{{/* Stops the render with everything that is wrong beyond what the schema sees. Takes the root context. */}}
{{- define "floe-jobs.validate" -}}
{{- $v := .Values -}}
{{- $problems := list -}}
{{- if not $v.global.environment }}{{ $problems = append $problems "global.environment is empty: name the logical environment, such as dev" }}{{ end -}}
{{- if not $v.warehouse.existingSecret }}{{ $problems = append $problems "warehouse.existingSecret is empty: name a Secret with DBT_ENV_SECRET_PASSWORD" }}{{ end -}}
{{- if and $v.objectStorage.endpoint (not $v.objectStorage.existingSecret) -}}
{{- $problems = append $problems "objectStorage.existingSecret is empty while objectStorage.endpoint is not: name a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" -}}
{{- end -}}
{{- $bytes := len $v.artifacts -}}
{{- if gt $bytes 1000000 -}}
{{- $problems = append $problems (printf "artifacts has %d bytes, and a ConfigMap holds 1 MiB: build them into the image" $bytes) -}}
{{- end -}}
{{- $project := 0 -}}
{{- range $path, $text := $v.project }}{{ $project = add $project (len $text) (len $path) }}{{ end -}}
{{- if gt (int $project) 1000000 -}}
{{- $problems = append $problems (printf "project has %d bytes, and a ConfigMap holds 1 MiB: build it into the image, at /project" (int $project)) -}}
{{- end -}}
{{- $names := dict -}}
{{- range $index, $job := $v.jobs -}}
{{- if hasKey $names $job.name }}{{ $problems = append $problems (printf "jobs[%d].name: %q is the name of jobs[%d] too" $index $job.name (index $names $job.name)) }}{{ end -}}
{{- $_ := set $names $job.name $index -}}
{{- $key := printf "jobs[%d]" $index -}}
{{- $problems = append $problems (include "hardened.nameProblem" (dict "root" $ "suffix" $job.name "key" (printf "%s.name" $key) "kind" "CronJob")) -}}
{{- with $job.resources }}{{ $problems = append $problems (include "hardened.resourceProblems" (dict "key" (printf "%s.resources" $key) "resources" .)) }}{{ end -}}
{{- $problems = append $problems (include "hardened.environmentProblems" (dict "key" (printf "%s.env" $key) "env" (default dict $job.env) "instead" (printf "%s.envFromSecrets" $key))) -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}
