{{/* The Secrets that the pods and the database read, by name, each with its keys, as YAML. Takes the root context. */}}
{{- define "floe-platform.secretKeys" -}}
{{- $v := .Values -}}
{{- $catalog := and $v.polaris.enabled (eq $v.polaris.persistence.type "database") -}}
{{- $store := list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" -}}
{{- $all := list (list $v.postgresql.auth.dagsterSecret (list "DAGSTER_PG_PASSWORD")) -}}
{{- $mode := include "floe-platform.database" . -}}
{{- $passwords := list -}}
{{- range include "floe-platform.databaseRoles" $v | fromJsonArray -}}
{{- $passwords = append $passwords (printf "PASSWORD_%s" .) -}}
{{- if eq $mode "cnpg" }}{{ $all = append $all (list (index $v.postgresql.cnpg (printf "%sSecret" .)) (list "username" "password")) }}{{ end -}}
{{- end -}}
{{- if eq $mode "statefulset" }}{{ $all = append $all (list $v.postgresql.auth.existingSecret $passwords) }}{{ end -}}
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
