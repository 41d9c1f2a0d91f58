{{/* The pod of a service, put under the key pod of what it is given, with the names of its Secrets under secrets: a map of contexts cannot be returned as text. Takes chart (the chart's own root), root, name, v (values), component. */}}
{{- define "service.pod" -}}
{{- $context := include "service.withSeccomp" (dict "root" .chart "context" (include "hardened.containerSecurityContext" . | fromYaml)) | fromYaml -}}
{{- $secrets := .v.existingSecrets -}}
{{- range .v.externalSecrets }}{{ $secrets = append $secrets .target }}{{ end -}}
{{- $container := dict
      "root" .root
      "name" .name
      "image" .v.image
      "command" .v.command
      "args" .v.args
      "env" .v.env
      "secrets" $secrets
      "resources" .v.resources
      "securityContext" $context -}}
{{- if ne .v.kind "job" -}}
{{- $_ := set $container "ports" (dict "http" .v.port) -}}
{{- $_ := set $container "probes" (merge (dict "port" "http") .v.probes) -}}
{{- end -}}
{{- if eq .v.kind "web" }}{{ $_ := set $container "stopDelaySeconds" .v.drainSeconds }}{{ end -}}
{{- $pod := dict
      "root" .root
      "component" .component
      "serviceAccountName" .name
      "terminationGracePeriodSeconds" .v.terminationGracePeriodSeconds
      "tmpSizeLimit" "64Mi"
      "securityContext" (include "service.withSeccomp" (dict "root" .chart "context" (include "hardened.podSecurityContext" .v.image | fromYaml)) | fromYaml)
      "containers" (list $container) -}}
{{- if ne .v.kind "job" }}{{ $_ := set $pod "spread" .v.spread }}{{ end -}}
{{- $_ := set . "pod" $pod -}}
{{- $_ := set . "secrets" $secrets -}}
{{- end }}

{{/* What runs a service: a Deployment, a CronJob, or a Job after every install and upgrade. Takes what service.pod takes. */}}
{{- define "service.workload" -}}
{{- include "service.pod" . -}}
{{- $annotations := dict -}}
{{- with .v.baseline }}{{ $_ := set $annotations "hardened.pulumi/baseline" . }}{{ end -}}
{{- $same := dict "root" .root "component" .component "pod" .pod "annotations" $annotations -}}
{{- if eq .v.kind "job" -}}
{{- $job := merge $same (omit .v.job "schedule") -}}
{{- if .v.job.schedule }}
{{- include "hardened.cronJob" (merge (dict "schedule" .v.job.schedule) $job) }}
{{- else }}
{{- $hook := dict "helm.sh/hook" "post-install,post-upgrade" "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" -}}
{{- include "hardened.job" (merge (dict "annotations" (merge $hook $annotations)) $job) }}
{{- end }}
{{- else -}}
{{- $more := dict "podAnnotations" (deepCopy .v.podAnnotations) "reloadOn" .secrets -}}
{{- if not .v.autoscaling.enabled }}{{ $_ := set $more "replicas" .v.replicas }}{{ end -}}
{{- with .v.noProbesReason }}{{ $_ := set $more.podAnnotations "hardened.pulumi/no-probes" . }}{{ end -}}
{{- if and (eq .v.kind "worker") (eq .v.scrape.mode "annotations") -}}
{{- $_ := set $more "podAnnotations" (merge $more.podAnnotations (include "service.scrape" . | fromYaml)) -}}
{{- end -}}
{{- include "hardened.deployment" (merge $more $same) }}
{{- end }}
{{- end }}

{{/* Annotations by which Prometheus finds the service. Takes v. */}}
{{- define "service.scrape" -}}
{{- include "hardened.scrapeAnnotations" (dict "path" .v.scrape.path "port" .v.port) -}}
{{- end }}
