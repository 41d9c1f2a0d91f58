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
{{- $workloads := list -}}
{{- $mode := include "floe-platform.database" . -}}
{{- /* a server of a Cluster begins with a Job that fills its volume */ -}}
{{- $servers := ternary (int $v.postgresql.instances) 1 (eq $mode "cnpg") -}}
{{- $kept := list -}}
{{- if ne $mode "external" }}{{ $kept = append $kept (list "postgresql" $servers $v.postgresql) }}{{ end -}}
{{- if eq $mode "cnpg" }}{{ $parts = append $parts (list "postgresql" 1 $v.postgresql.resources) }}{{ end -}}
{{- if $v.minio.enabled }}{{ $kept = append $kept (list "minio" 1 $v.minio) }}{{ end -}}
{{- range $kept -}}
{{- $claim := dict "size" (last .).storage "storageClassName" (last .).storageClassName -}}
{{- $parts = append $parts (list (first .) (index . 1) (last .).resources (list $claim)) -}}
{{- end -}}
{{- range $parts -}}
{{- $resources := include "floe-platform.resources" (dict "root" $ "part" (first .) "given" (index . 2)) | fromYaml -}}
{{- $claims := ternary (last .) list (eq (len .) 4) -}}
{{- $workloads = append $workloads (dict "pods" (index . 1) "resources" $resources "claims" $claims) -}}
{{- end -}}
{{- toYaml (dict
      "component" "quota"
      "key" "resourceQuota"
      "hard" $v.resourceQuota.hard
      "defaults" $v.resourceQuota.limitRange
      "workloads" $workloads) -}}
{{- end }}
