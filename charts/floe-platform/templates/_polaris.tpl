{{/* Configuration of Polaris, as Quarkus reads it (polaris.apache.org, "Configuration reference"). Takes the root context. */}}
{{- define "floe-platform.polarisProperties" -}}
{{- $v := .Values -}}
{{- $database := include "floe-platform.databaseRole" (dict "root" . "part" "polaris") | fromJson -}}
{{- $tls := include "floe-platform.databaseTls" . | fromYaml -}}
{{- $options := list -}}
{{- with $tls.PGSSLMODE }}{{ $options = append $options (printf "sslmode=%s" .) }}{{ end -}}
{{- with $tls.PGSSLROOTCERT }}{{ $options = append $options (printf "sslrootcert=%s" .) }}{{ end -}}
polaris.persistence.type={{ ternary "relational-jdbc" "in-memory" (eq $v.polaris.persistence.type "database") }}
{{- if eq $v.polaris.persistence.type "database" }}
quarkus.datasource.db-kind=postgresql
quarkus.datasource.username={{ $database.user }}
quarkus.datasource.jdbc.url=jdbc:postgresql://{{ include "floe-platform.databaseHost" . }}:{{ include "floe-platform.databasePort" . }}/{{ $database.database }}{{ with $options }}?{{ join "&" . }}{{ end }}
{{- end }}
polaris.authentication.token-broker.type=symmetric-key
polaris.authentication.token-broker.symmetric-key.secret=${POLARIS_TOKEN_KEY}
quarkus.otel.exporter.otlp.endpoint=http://{{ include "hardened.childName" (dict "root" . "suffix" "otel") }}:4317
quarkus.log.console.json.enabled=true
polaris.features."SUPPORTED_CATALOG_STORAGE_TYPES"=["S3"]
{{- end }}
