{{/* The Secrets that the pods read, and the operator of a Cluster, by name, each with its keys, as YAML. Takes the root context. */}}
{{- define "floe-platform.secretKeys" -}}
{{- $v := .Values -}}
{{- $catalog := and $v.polaris.enabled (eq $v.polaris.persistence.type "database") -}}
{{- $store := list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" -}}
{{- $all := list (list $v.postgresql.auth.dagsterSecret (list "DAGSTER_PG_PASSWORD")) -}}
{{- $database := include "floe-platform.database" . -}}
{{- if eq $database "cnpg" -}}
{{- range include "floe-platform.databaseRoles" $v | fromJsonArray -}}
{{- $all = append $all (list (index $v.postgresql.cnpg (printf "%sSecret" .)) (list "username" "password")) -}}
{{- end -}}
{{- else if eq $database "statefulset" -}}
{{- $passwords := list "PASSWORD_dagster" "PASSWORD_floe" "PASSWORD_marquez" -}}
{{- if $catalog }}{{ $passwords = append $passwords "PASSWORD_polaris" }}{{ end -}}
{{- $all = append $all (list $v.postgresql.auth.existingSecret $passwords) -}}
{{- end -}}
{{- if $v.marquez.enabled }}{{ $all = append $all (list $v.postgresql.auth.marquezSecret (list "POSTGRES_PASSWORD")) }}{{ end -}}
{{- if $v.minio.enabled }}{{ $all = append $all (list $v.minio.existingSecret $store) }}
{{- else if and $v.polaris.enabled $v.objectStorage.existingSecret }}{{ $all = append $all (list $v.objectStorage.existingSecret $store) }}{{ end -}}
{{- if $v.polaris.enabled -}}
{{- $own := list "POLARIS_BOOTSTRAP_CREDENTIALS" "POLARIS_TOKEN_KEY" -}}
{{- if $catalog }}{{ $own = append $own "QUARKUS_DATASOURCE_PASSWORD" }}{{ end -}}
{{- $all = append $all (list $v.polaris.existingSecret $own) -}}
{{- end -}}
{{- $named := dict -}}
{{- range $all }}{{ $_ := set $named (first .) (concat (default list (index $named (first .))) (last .) | uniq) }}{{ end -}}
{{- toYaml $named -}}
{{- end }}
