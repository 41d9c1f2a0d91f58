{{/* Every object of a service, none shared with another. Takes chart (the chart's own root), root, name, v (values), component. */}}
{{- define "service.objects" -}}
{{- $v := .v -}}
{{- $same := dict "root" .root "component" .component -}}
{{ include "hardened.serviceAccount" $same }}
{{- range $v.externalSecrets }}
---
{{ include "hardened.externalSecret" (merge (dict "name" .target) . $same) }}
{{- end }}
{{- if $v.networkPolicy.enabled }}
---
{{ include "hardened.networkPolicy" (merge (dict "ingress" $v.networkPolicy.ingress "egress" $v.networkPolicy.egress) $same) }}
{{- end }}
---
{{ include "service.workload" . }}
{{- if eq $v.kind "web" }}
---
{{- $annotations := ternary (include "service.scrape" . | fromYaml) dict (eq $v.scrape.mode "annotations") }}
{{ include "hardened.service" (merge (dict "type" "ClusterIP" "ports" (dict "http" $v.service.port) "annotations" $annotations) $same) }}
{{- with include "hardened.scrape" (merge (dict "port" "http") $v.scrape $same) }}
---
{{ . }}
{{- end }}
{{- if $v.ingress.enabled }}
---
{{ include "hardened.ingress" (merge (dict "port" $v.service.port) (omit $v.ingress "enabled") $same) }}
{{- end }}
{{- end }}
{{- if ne $v.kind "job" }}
{{- if $v.autoscaling.enabled }}
---
{{ include "hardened.autoscaler" (merge (omit $v.autoscaling "enabled") $same) }}
{{- end }}
---
{{ include "hardened.disruptionBudget" (merge (dict "budget" $v.pdb "replicas" $v.replicas "autoscaling" $v.autoscaling) $same) }}
{{- if $v.vpa.enabled }}
---
{{ include "hardened.verticalPodAutoscaler" (merge (omit $v.vpa "enabled") $same) }}
{{- end }}
{{- end }}
{{- end }}
