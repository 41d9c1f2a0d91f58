{{/* Configuration of Polaris, as Quarkus reads it (polaris.apache.org, "Configuration reference"). Takes the root context. */}}
{{- define "floe-platform.polarisProperties" -}}
{{- $v := .Values -}}
polaris.persistence.type={{ ternary "relational-jdbc" "in-memory" (eq $v.polaris.persistence.type "database") }}
{{- if eq $v.polaris.persistence.type "database" }}
quarkus.datasource.db-kind=postgresql
quarkus.datasource.username=polaris
quarkus.datasource.jdbc.url=jdbc:postgresql://{{ include "floe-platform.databaseHost" . }}:{{ include "floe-platform.databasePort" . }}/polaris
{{- end }}
quarkus.otel.exporter.otlp.endpoint=http://{{ include "hardened.childName" (dict "root" . "suffix" "otel") }}:4317
quarkus.log.console.json.enabled=true
polaris.features."SUPPORTED_CATALOG_STORAGE_TYPES"=["S3"]
{{- end }}
