{{/* The quota, with what the pods ask for at once, those of a rollout and one run included. Takes the root context. */}}
{{- define "floe-platform.quota" -}}
{{- $v := .Values -}}
{{- $otel := ternary $v.otel.autoscaling.max $v.otel.replicaCount $v.otel.autoscaling.enabled -}}
{{- $parts := list
      (list "webserver" (add1 $v.dagster.dagsterWebserver.replicaCount) $v.dagster.dagsterWebserver.resources)
      (list "webserver" 1 $v.dagster.dagsterWebserver.resources)
      (list "daemon" 1 $v.dagster.dagsterDaemon.resources)
      (list "run" 1 $v.dagster.runLauncher.config.k8sRunLauncher.resources)
      (list "otel" (add1 $otel) $v.otel.resources) -}}
{{- range (index $v.dagster "dagster-user-deployments").deployments }}{{ $parts = append $parts (list "code" 2 (default dict .resources)) }}{{ end -}}
{{- if $v.polaris.enabled }}{{ $parts = append $parts (list "polaris" (add1 $v.polaris.replicas) $v.polaris.resources) }}{{ end -}}
{{- if $v.marquez.enabled }}{{ $parts = append $parts (list "marquez" 2 $v.marquez.resources) }}{{ end -}}
{{- $kept := list -}}
{{- $database := include "floe-platform.database" . -}}
{{- if ne $database "external" }}{{ $kept = append $kept (list "postgresql" $v.postgresql) }}{{ end -}}
{{- /* a Cluster has more servers, and begins each by a Job */ -}}
{{- if eq $database "cnpg" -}}
{{- range until (int (sub $v.postgresql.instances 1)) }}{{ $kept = append $kept (list "postgresql" $v.postgresql) }}{{ end -}}
{{- $parts = append $parts (list "postgresql" 1 $v.postgresql.resources) -}}
{{- end -}}
{{- if $v.minio.enabled }}{{ $kept = append $kept (list "minio" $v.minio) }}{{ end -}}
{{- $claims := list -}}
{{- range $kept -}}
{{- $part := last . -}}
{{- $claims = append $claims (dict "size" $part.storage "storageClassName" $part.storageClassName) -}}
{{- $parts = append $parts (list (first .) 1 $part.resources) -}}
{{- end -}}
{{- $workloads := list -}}
{{- range $parts -}}
{{- $resources := include "floe-platform.resources" (dict "root" $ "part" (first .) "given" (last .)) | fromYaml -}}
{{- $workloads = append $workloads (dict "pods" (index . 1) "resources" $resources) -}}
{{- end -}}
{{- toYaml (dict
      "component" "quota"
      "key" "resourceQuota"
      "hard" $v.resourceQuota.hard
      "defaults" $v.resourceQuota.limitRange
      "workloads" $workloads
      "claims" $claims) -}}
{{- end }}
