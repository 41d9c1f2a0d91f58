{{/* Whose the database is: statefulset, cnpg or external. Without its operator, mode cnpg is a StatefulSet everywhere but in production. Takes the root context. */}}
{{- define "floe-platform.database" -}}
{{- $v := .Values.postgresql -}}
{{- $served := or $v.cnpg.served (.Capabilities.APIVersions.Has "postgresql.cnpg.io/v1") -}}
{{- if and (eq $v.mode "cnpg") (not $served) (ne .Values.global.environment "prod") -}}
statefulset
{{- else -}}
{{ $v.mode }}
{{- end -}}
{{- end }}

{{/* Host name of the database: the same Service name for the StatefulSet and for the Cluster. Takes the root context. */}}
{{- define "floe-platform.databaseHost" -}}
{{- if eq .Values.postgresql.mode "external" }}{{ .Values.postgresql.host }}{{ else }}{{ include "hardened.childName" (dict "root" . "suffix" "postgresql") }}{{ end }}
{{- end }}

{{/* Port of the database's server. Takes the root context. */}}
{{- define "floe-platform.databasePort" -}}
{{- ternary .Values.postgresql.port 5432 (eq .Values.postgresql.mode "external") }}
{{- end }}

{{/* Database and role of a part, as a map with database and user: its own name, but on an external server. Takes root, part. */}}
{{- define "floe-platform.databaseRole" -}}
{{- $own := dict "database" .part "user" .part -}}
{{- ternary (index .root.Values.postgresql.roles .part) $own (eq .root.Values.postgresql.mode "external") | toJson -}}
{{- end }}

{{/* Roles of the chart's own server, each with the database of its name, as a list. Takes the values. */}}
{{- define "floe-platform.databaseRoles" -}}
{{- $roles := list "dagster" "floe" "marquez" -}}
{{- if and .polaris.enabled (eq .polaris.persistence.type "database") }}{{ $roles = append $roles "polaris" }}{{ end -}}
{{- toJson $roles -}}
{{- end }}

{{/* How much of TLS a connection asks for; nothing for a StatefulSet, which has none. Takes the root context. */}}
{{- define "floe-platform.sslmode" -}}
{{- index (dict "statefulset" "" "cnpg" "require" "external" .Values.postgresql.sslmode) (include "floe-platform.database" .) -}}
{{- end }}

{{/* Whether the certificates of an external server's authority are mounted: "true" or nothing. Takes the root context. */}}
{{- define "floe-platform.databaseCa" -}}
{{- if and (eq .Values.postgresql.mode "external") .Values.postgresql.ca }}true{{ end -}}
{{- end }}

{{/* The same as variables of libpq. Takes the root context. */}}
{{- define "floe-platform.databaseTls" -}}
{{- with include "floe-platform.sslmode" . }}
PGSSLMODE: {{ . }}
{{- end }}
{{- if include "floe-platform.databaseCa" . }}
PGSSLROOTCERT: /etc/database/ca.crt
{{- end }}
{{- end }}

{{/* Where those certificates are mounted, as a list. Takes the root context. */}}
{{- define "floe-platform.databaseMounts" -}}
{{- $mount := dict "name" "database" "mountPath" "/etc/database" "readOnly" true -}}
{{- ternary (list $mount) list (eq (include "floe-platform.databaseCa" .) "true") | toJson -}}
{{- end }}

{{/* Their volume, as a list. Takes the root context. */}}
{{- define "floe-platform.databaseVolumes" -}}
{{- $name := include "hardened.childName" (dict "root" . "suffix" "database") -}}
{{- $volume := dict "name" "database" "configMap" (dict "name" $name) -}}
{{- ternary (list $volume) list (eq (include "floe-platform.databaseCa" .) "true") | toJson -}}
{{- end }}

{{/* Labels of the pods of the chart's own server: the operator gives its pods labels of its own. Takes the root context. */}}
{{- define "floe-platform.databaseLabels" -}}
{{- if eq (include "floe-platform.database" .) "cnpg" -}}
cnpg.io/cluster: {{ include "floe-platform.databaseHost" . }}
{{- else -}}
{{- include "hardened.componentLabels" (dict "root" . "component" "postgresql") -}}
{{- end -}}
{{- end }}
