{{/* Stops the render with everything that is wrong beyond what the schema sees. Takes the root context. */}}
{{- define "floe-platform.validate" -}}
{{- $v := .Values -}}
{{- $problems := list -}}
{{- if not $v.global.environment }}{{ $problems = append $problems "global.environment is empty: name the logical environment, such as dev" }}{{ end -}}
{{- if and (eq $v.postgresql.mode "external") (not $v.postgresql.host) }}{{ $problems = append $problems "postgresql.host is empty while postgresql.mode is external: name the server" }}{{ end -}}
{{- if and (eq $v.postgresql.mode "statefulset") (not $v.postgresql.auth.existingSecret) -}}
{{- $problems = append $problems "postgresql.auth.existingSecret is empty: name a Secret with PASSWORD_dagster, PASSWORD_floe and PASSWORD_marquez" -}}
{{- end -}}
{{- if not $v.postgresql.auth.dagsterSecret }}{{ $problems = append $problems "postgresql.auth.dagsterSecret is empty: name a Secret with DAGSTER_PG_PASSWORD" }}{{ end -}}
{{- if and $v.marquez.enabled (not $v.postgresql.auth.marquezSecret) -}}
{{- $problems = append $problems "postgresql.auth.marquezSecret is empty while marquez.enabled is true: name a Secret with POSTGRES_PASSWORD" -}}
{{- end -}}
{{- if and $v.minio.enabled (not $v.minio.existingSecret) -}}
{{- $problems = append $problems "minio.existingSecret is empty while minio.enabled is true: name a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" -}}
{{- end -}}
{{- if not (index $v.dagster "dagster-user-deployments").deployments -}}
{{- $problems = append $problems "dagster.dagster-user-deployments.deployments is empty: Dagster would have no jobs" -}}
{{- end -}}
{{- if gt (len $v.artifacts) 1000000 -}}
{{- $problems = append $problems (printf "artifacts has %d bytes, and a ConfigMap holds 1 MiB: build them into the image of the code server" (len $v.artifacts)) -}}
{{- end -}}
{{- range $key, $resources := dict
      "dagster.dagsterWebserver.resources" $v.dagster.dagsterWebserver.resources
      "dagster.dagsterDaemon.resources" $v.dagster.dagsterDaemon.resources
      "dagster.runLauncher.config.k8sRunLauncher.resources" $v.dagster.runLauncher.config.k8sRunLauncher.resources
      "otel.resources" $v.otel.resources
      "postgresql.resources" $v.postgresql.resources
      "minio.resources" $v.minio.resources
      "marquez.resources" $v.marquez.resources -}}
{{- $problems = append $problems (include "hardened.resourceProblems" (dict "key" $key "resources" $resources)) -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}
