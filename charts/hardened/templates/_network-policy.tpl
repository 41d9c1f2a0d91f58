{{/* What the pods of one component may reach and be reached by; everything else is refused. Takes root, component, and optionally
     suffix, ingress, egress (lists of rules), setupWeight. */}}
{{- define "hardened.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "hardened.selectorLabels" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- toYaml (default list .ingress) | nindent 4 }}
  egress:
    {{- toYaml (default list .egress) | nindent 4 }}
{{- end }}
