{{/* The least number of pods there are: the autoscaler's when it is on, else the fixed one. Takes replicas and optionally autoscaling (map with
     enabled, minReplicas). */}}
{{- define "hardened.leastReplicas" -}}
{{- with .autoscaling }}{{ if .enabled }}{{ .minReplicas }}{{ else }}{{ $.replicas }}{{ end }}{{ else }}{{ .replicas }}{{ end }}
{{- end }}

{{/* A budget for the evictions of one component's pods; nothing for fewer than two pods, where it would only block drains. A pod that is not
     ready may always be evicted: it serves nobody. Takes root, component, budget (map with minAvailable or maxUnavailable), replicas and
     optionally suffix, autoscaling (map with enabled, minReplicas). */}}
{{- define "hardened.disruptionBudget" -}}
{{- if ge (include "hardened.leastReplicas" . | int) 2 -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  {{- toYaml .budget | nindent 2 }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "hardened.componentLabels" . | nindent 6 }}
{{- end }}
{{- end }}
