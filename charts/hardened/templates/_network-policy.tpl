{{/* What the pods of one component may reach and be reached by; everything else is refused. Takes root, component, and optionally
     suffix, ingress, egress (lists of rules), setupWeight, podLabels (map; of pods that another program gives its own labels). */}}
{{- define "hardened.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- ternary (toYaml .podLabels) (include "hardened.componentLabels" .) (hasKey . "podLabels") | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- toYaml (default list .ingress) | nindent 4 }}
  egress:
    {{- toYaml (default list .egress) | nindent 4 }}
{{- end }}

{{/* Egress rules, one for each named destination, in the order of the names. Takes a map of destinations: peers (list), port and
     optionally protocols (list; TCP without). */}}
{{- define "hardened.egressRules" -}}
{{- range $name, $destination := . }}
- to:
    {{- toYaml $destination.peers | nindent 4 }}
  ports:
    {{- range default (list "TCP") $destination.protocols }}
    - protocol: {{ . }}
      port: {{ $destination.port }}
    {{- end }}
{{- end }}
{{- end }}

{{/* Ingress rules, one for each namespace, whose pods may all reach the port. Takes namespaces (list of names), port. */}}
{{- define "hardened.ingressRules" -}}
{{- range .namespaces }}
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ . }}
  ports:
    - protocol: TCP
      port: {{ $.port }}
{{- end }}
{{- end }}

{{/* Egress rules that let pods resolve names: to cluster DNS, as kubeadm and most distributions label it. Takes the root context. */}}
{{- define "hardened.dnsEgress" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - protocol: UDP
      port: 53
    - protocol: TCP
      port: 53
{{- end }}
