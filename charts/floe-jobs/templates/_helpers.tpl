{{/* Label of every object and pod: which logical environment it belongs to. Takes the root context. */}}
{{- define "hardened.extraLabels" -}}
floe.dev/environment: {{ .Values.global.environment | quote }}
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
      sslmode: {{ .Values.warehouse.sslmode }}
      {{- if .Values.warehouse.ca }}
      sslrootcert: /etc/floe/ca.crt
      {{- end }}
      threads: 2
{{- end }}

{{/* A key of a ConfigMap for a path: "/" is no character of one. Takes the path. */}}
{{- define "floe-jobs.fileKey" -}}
{{- . | replace "/" ".." -}}
{{- end }}

{{/* The files of a job: its artifacts or those of all, profiles and, when the chart has one, the project. Takes root, job. */}}
{{- define "floe-jobs.volumes" -}}
{{- $root := .root -}}
{{- $common := list (dict "key" "profiles.yml" "path" "profiles.yml") -}}
{{- if $root.Values.warehouse.ca }}{{ $common = append $common (dict "key" "ca.crt" "path" "ca.crt") }}{{ end -}}
{{- $artifacts := list (dict "key" "compiled_artifacts.json" "path" "compiled_artifacts.json") -}}
{{- $sources := list -}}
{{- if .job.artifacts -}}
{{- $sources = append $sources (dict "configMap" (dict "name" (include "hardened.childName" (dict "root" $root "suffix" .job.name)) "items" $artifacts)) -}}
{{- else -}}
{{- $common = concat $common $artifacts -}}
{{- end -}}
{{- $sources = append $sources (dict "configMap" (dict "name" (include "hardened.fullname" $root) "items" $common)) -}}
{{- $volumes := list (dict "name" "files" "projected" (dict "sources" $sources)) -}}
{{- if $root.Values.project -}}
{{- $items := list -}}
{{- range $path, $_ := $root.Values.project }}{{ $items = append $items (dict "key" (include "floe-jobs.fileKey" $path) "path" $path) }}{{ end -}}
{{- $volumes = append $volumes (dict "name" "project" "configMap" (dict "name" (include "hardened.childName" (dict "root" $root "suffix" "project")) "items" $items)) -}}
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
AWS_REGION: {{ $.Values.objectStorage.region }}
{{- end }}
{{- end }}

{{/* Names of the Secrets whose keys are variables of every job, as a list. Takes the root context. */}}
{{- define "floe-jobs.secrets" -}}
- {{ .Values.warehouse.existingSecret }}
{{- if .Values.objectStorage.endpoint }}
- {{ .Values.objectStorage.existingSecret }}
{{- end }}
{{- end }}
