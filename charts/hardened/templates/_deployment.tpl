{{/* A Deployment of one component. Written on it: the digest of the chart, when there is one. Takes root, component, pod (map for
     hardened.podSpec) and optionally suffix, replicas (not with an autoscaler, which decides), annotations, podAnnotations,
     reloadOn (names of Secrets whose changes restart its pods), recreate (the old pods go before the new ones come, for what two pods would corrupt;
     by default a new pod is ready before an old one goes). */}}
{{- define "hardened.deployment" -}}
{{- $annotations := include "hardened.workloadAnnotations" . | fromYaml -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "hardened.metadata" (set (omit . "pod") "annotations" $annotations) | nindent 2 }}
spec:
  {{- if hasKey . "replicas" }}
  replicas: {{ .replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    {{- if .recreate }}
    type: Recreate
    {{- else }}
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
    type: RollingUpdate
    {{- end }}
  selector:
    matchLabels:
      {{- include "hardened.componentLabels" . | nindent 6 }}
  template:
    metadata:
      {{- include "hardened.podMetadata" (dict "root" .root "component" .component "annotations" .podAnnotations) | nindent 6 }}
    spec:
      {{- include "hardened.podSpec" .pod | nindent 6 }}
{{- end }}
