{{/* workspace.yaml: where the code servers are. Takes the root context. */}}
{{- define "floe-platform.workspace" -}}
load_from:
  {{- range (index .Values.dagster "dagster-user-deployments").deployments }}
  - grpc_server:
      host: {{ include "hardened.childName" (dict "root" $ "suffix" (printf "code-%s" .name)) }}
      port: {{ .port }}
      location_name: {{ .name }}
  {{- end }}
{{- end }}

{{/* What the runs of a code location have of its server: variables, Secrets, user (dagster-k8s, K8sContainerContext). Takes root, one (a deployment). */}}
{{- define "floe-platform.containerContext" -}}
{{- $variables := list -}}
{{- range $name, $value := default dict .one.env }}{{ $variables = append $variables (printf "%s=%v" $name $value) }}{{ end -}}
{{- $pod := dict "securityContext" (include "hardened.podSecurityContext" .one.image | fromYaml) -}}
{{- dict "k8s" (dict
      "env_vars" $variables
      "env_secrets" (default list .one.envSecrets)
      "image_pull_policy" .one.image.pullPolicy
      "run_k8s_config" (dict "pod_spec_config" $pod)) | toJson -}}
{{- end }}
