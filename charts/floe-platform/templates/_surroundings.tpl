{{/* What is wrong with the way in, the bounds of the namespace and the maker of the Secrets, as a list of problems. Takes the root context. */}}
{{- define "floe-platform.surroundingProblems" -}}
{{- $v := .Values -}}
{{- $problems := list (include "hardened.ingressProblems" (dict "key" "ingress" "ingress" $v.ingress)) -}}
{{- if and $v.ingress.enabled (not $v.networkPolicy.clients) -}}
{{- $problems = append $problems "networkPolicy.clients is empty while ingress.enabled is true: name the namespace of the ingress controller" -}}
{{- end -}}
{{- if $v.resourceQuota.enabled -}}
{{- $problems = append $problems (include "hardened.quotaProblems" (include "floe-platform.quota" . | fromYaml)) -}}
{{- $problems = append $problems (include "hardened.limitRangeProblems" (dict "key" "resourceQuota.limitRange" "resources" $v.resourceQuota.limitRange)) -}}
{{- end -}}
{{- if and $v.externalSecrets.enabled (not $v.externalSecrets.store.name) -}}
{{- $problems = append $problems "externalSecrets.store.name is empty while externalSecrets.enabled is true: name a ClusterSecretStore or SecretStore" -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end }}
