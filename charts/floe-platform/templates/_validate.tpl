{{/* Stops the render with everything that is wrong beyond what the schema sees. Takes the root context. */}}
{{- define "floe-platform.validate" -}}
{{- $v := .Values -}}
{{- $problems := list -}}
{{- if not $v.global.environment }}{{ $problems = append $problems "global.environment is empty: name the logical environment, such as dev" }}{{ end -}}
{{- if and (eq $v.postgresql.mode "external") (not $v.postgresql.host) }}{{ $problems = append $problems "postgresql.host is empty while postgresql.mode is external: name the server" }}{{ end -}}
{{- $mode := include "floe-platform.database" . -}}
{{- if and (eq $mode "statefulset") (not $v.postgresql.auth.existingSecret) -}}
{{- $why := ternary " while postgresql.mode is cnpg and the cluster does not serve postgresql.cnpg.io/v1, so that the database is a StatefulSet" "" (eq $v.postgresql.mode "cnpg") -}}
{{- $problems = append $problems (printf "postgresql.auth.existingSecret is empty%s: name a Secret with PASSWORD_dagster, PASSWORD_floe and PASSWORD_marquez" $why) -}}
{{- end -}}
{{- if eq $mode "cnpg" -}}
{{- range include "floe-platform.databaseRoles" $v | fromJsonArray -}}
{{- if not (index $v.postgresql.cnpg (printf "%sSecret" .)) }}{{ $problems = append $problems (printf "postgresql.cnpg.%sSecret is empty while postgresql.mode is cnpg: name a Secret with username and password" .) }}{{ end -}}
{{- end -}}
{{- $host := include "floe-platform.databaseHost" . -}}
{{- if gt (len $host) 50 -}}
{{- $problems = append $problems (printf "postgresql.mode: the name %s has %d characters, and a Cluster at most 50: the names of its Services and Secrets would be too long; set a shorter fullnameOverride" $host (len $host)) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $mode "external") (has $v.postgresql.sslmode (list "verify-ca" "verify-full")) (not $v.postgresql.ca) -}}
{{- $problems = append $problems (printf "postgresql.ca is empty while postgresql.sslmode is %s: put the certificates of the server's authority there, as PEM text" $v.postgresql.sslmode) -}}
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
{{- if and $v.minio.enabled $v.objectStorage.endpoint -}}
{{- $problems = append $problems "minio.enabled and objectStorage.endpoint both name an object store: choose one" -}}
{{- else if and $v.polaris.enabled (not $v.minio.enabled) (not $v.objectStorage.endpoint) -}}
{{- $problems = append $problems "polaris.enabled needs an object store: set objectStorage.endpoint, or minio.enabled for development" -}}
{{- end -}}
{{- if and $v.polaris.enabled (not $v.polaris.existingSecret) -}}
{{- $problems = append $problems "polaris.existingSecret is empty while polaris.enabled is true: name a Secret with POLARIS_BOOTSTRAP_CREDENTIALS" -}}
{{- end -}}
{{- if and $v.polaris.enabled (gt (int $v.polaris.replicas) 1) (eq $v.polaris.persistence.type "in-memory") -}}
{{- $problems = append $problems "polaris.replicas is above 1 while polaris.persistence.type is in-memory: each pod would have a catalog of its own; set database" -}}
{{- end -}}
{{- if and $v.otel.autoscaling.enabled (gt (int $v.otel.autoscaling.min) (int $v.otel.autoscaling.max)) -}}
{{- $problems = append $problems "otel.autoscaling.min is above otel.autoscaling.max" -}}
{{- end -}}
{{- if eq $v.global.environment "prod" }}{{ $problems = concat $problems (include "floe-platform.prodProblems" . | fromYamlArray) }}{{ end -}}
{{- $parts := dict
      "dagster.dagsterWebserver.resources" $v.dagster.dagsterWebserver.resources
      "dagster.dagsterDaemon.resources" $v.dagster.dagsterDaemon.resources
      "dagster.runLauncher.config.k8sRunLauncher.resources" $v.dagster.runLauncher.config.k8sRunLauncher.resources
      "otel.resources" $v.otel.resources -}}
{{- if ne $mode "external" }}{{ $_ := set $parts "postgresql.resources" $v.postgresql.resources }}{{ end -}}
{{- range $part := list "minio" "marquez" "polaris" -}}
{{- if (index $v $part).enabled }}{{ $_ := set $parts (printf "%s.resources" $part) (index $v $part).resources }}{{ end -}}
{{- end -}}
{{- range $index, $one := (index $v.dagster "dagster-user-deployments").deployments -}}
{{- $_ := set $parts (printf "dagster.dagster-user-deployments.deployments[%d].resources" $index) $one.resources -}}
{{- end -}}
{{- range $key, $resources := $parts -}}
{{- if $resources -}}
{{- $problems = append $problems (include "hardened.resourceProblems" (dict "key" $key "resources" $resources)) -}}
{{- else if eq $v.resourcePreset "custom" -}}
{{- $problems = append $problems (printf "%s is empty while resourcePreset is custom: name requests and limits, or a preset" $key) -}}
{{- end -}}
{{- end -}}
{{- $problems = concat $problems (include "floe-platform.surroundingProblems" . | fromYamlArray) -}}
{{- include "hardened.validate" $problems -}}
{{- end }}
