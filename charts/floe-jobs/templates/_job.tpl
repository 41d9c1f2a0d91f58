{{/* A pod of dbt, as hardened.podSpec takes it, without the root of its container. Takes root, job (a map of jobs), and optionally env (more variables). */}}
{{- define "floe-jobs.pod" -}}
{{- $v := .root.Values -}}
{{- $image := merge dict (default dict .job.image) $v.image -}}
{{- $container := dict
      "name" "dbt"
      "image" $image
      "command" .job.command
      "args" .job.args
      "env" (merge dict (default dict .env) (default dict .job.env) (include "floe-jobs.environment" .root | fromYaml))
      "secrets" (concat (include "floe-jobs.secrets" .root | fromYamlArray) (default list .job.envFromSecrets))
      "mounts" (include "floe-jobs.mounts" .root | fromYamlArray)
      "resources" (default $v.defaults.resources .job.resources)
      "securityContext" (include "hardened.containerSecurityContext" .root | fromYaml) -}}
{{- toYaml (dict
      "securityContext" (include "hardened.podSecurityContext" $image | fromYaml)
      "tmpSizeLimit" "256Mi"
      "volumes" (include "floe-jobs.volumes" (dict "root" .root "job" .job) | fromYamlArray)
      "containers" (list $container)) -}}
{{- end }}

{{/* What bounds a job and what it runs, as hardened.job takes it, without the root of its container. Takes root, job. */}}
{{- define "floe-jobs.job" -}}
{{- $defaults := .root.Values.defaults -}}
{{- toYaml (dict
      "component" "job"
      "activeDeadlineSeconds" (default $defaults.activeDeadlineSeconds .job.activeDeadlineSeconds)
      "backoffLimit" (ternary .job.backoffLimit $defaults.backoffLimit (hasKey .job "backoffLimit"))
      "ttlSecondsAfterFinished" $defaults.ttlSecondsAfterFinished
      "pod" (include "floe-jobs.pod" . | fromYaml)) -}}
{{- end }}
