{{/* What brings data of production onto one pod or a connection without TLS, as a list of problems. Takes the root context. */}}
{{- define "floe-platform.prodProblems" -}}
{{- $root := . -}}
{{- $problems := list -}}
{{- with .Values -}}
{{- if .minio.enabled -}}
{{- $problems = append $problems "minio.enabled is true in the environment prod: it is one pod with one volume, for development; set objectStorage.endpoint" -}}
{{- end -}}
{{- if and .polaris.enabled (eq .polaris.persistence.type "in-memory") -}}
{{- $problems = append $problems "polaris.persistence.type is in-memory in the environment prod: the catalog would be lost with its pod; set database" -}}
{{- end -}}
{{- if and (eq .postgresql.mode "statefulset") (not .postgresql.allowStatefulsetInProd) -}}
{{- $problems = append $problems "postgresql.mode is statefulset in the environment prod: all data would be on one pod with one volume; set cnpg or external, or postgresql.allowStatefulsetInProd" -}}
{{- end -}}
{{- if eq .postgresql.mode "cnpg" -}}
{{- $api := dict "root" $root "key" "postgresql.mode (cnpg)" "api" "postgresql.cnpg.io/v1" "from" "the CloudNativePG operator" "served" .postgresql.cnpg.served -}}
{{- with include "hardened.apiProblem" $api | trim }}{{ $problems = append $problems . }}{{ end -}}
{{- if lt (int .postgresql.instances) 2 -}}
{{- $problems = append $problems "postgresql.instances is 1 in the environment prod: nothing takes over when that server or its volume is lost; set 3" -}}
{{- end -}}
{{- end -}}
{{- if and (eq .postgresql.mode "external") (has .postgresql.sslmode (list "disable" "prefer")) -}}
{{- $problems = append $problems (printf "postgresql.sslmode is %s in the environment prod: passwords and rows would cross the network without TLS; set require, verify-ca or verify-full" .postgresql.sslmode) -}}
{{- end -}}
{{- if hasPrefix "http:" .objectStorage.endpoint -}}
{{- $problems = append $problems "objectStorage.endpoint begins with http: in the environment prod: objects would cross the network without TLS; set https:" -}}
{{- end -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end }}
