{{/* Annotations by which Prometheus finds a Service or pod to scrape. Takes path, port (number). */}}
{{- define "hardened.scrapeAnnotations" -}}
prometheus.io/scrape: "true"
prometheus.io/path: {{ .path | quote }}
prometheus.io/port: {{ .port | toString | quote }}
{{- end }}

{{/* Tells the Prometheus Operator to scrape the component's Service. Takes root, component, path, port (its name), interval and optionally
     suffix. */}}
{{- define "hardened.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  selector:
    matchLabels:
      {{- include "hardened.componentLabels" . | nindent 6 }}
  endpoints:
    - port: {{ .port }}
      path: {{ .path }}
      interval: {{ .interval }}
{{- end }}
