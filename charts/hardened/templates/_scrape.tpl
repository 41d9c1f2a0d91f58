{{/* How the metrics are found: what is asked for, or with auto the first that the cluster knows of a ServiceMonitor, a VMServiceScrape and annotations.
     Takes root, mode (auto, serviceMonitor, vmServiceScrape, annotations, off). */}}
{{- define "hardened.scrapeMode" -}}
{{- include "hardened.validate" (list (include "hardened.choiceProblem" (dict
      "key" "scrape mode" "given" .mode "allowed" (list "auto" "serviceMonitor" "vmServiceScrape" "annotations" "off")))) -}}
{{- $served := .root.Capabilities.APIVersions -}}
{{- if ne .mode "auto" -}}
{{ .mode }}
{{- else if $served.Has "monitoring.coreos.com/v1/ServiceMonitor" -}}
serviceMonitor
{{- else if $served.Has "operator.victoriametrics.com/v1beta1/VMServiceScrape" -}}
vmServiceScrape
{{- else -}}
annotations
{{- end -}}
{{- end }}

{{/* Annotations by which Prometheus finds a Service or pod to scrape. Takes path, port (number). */}}
{{- define "hardened.scrapeAnnotations" -}}
prometheus.io/scrape: "true"
prometheus.io/path: {{ .path | quote }}
prometheus.io/port: {{ .port | toString | quote }}
{{- end }}

{{/* Tells the Prometheus Operator, or that of VictoriaMetrics, to scrape the component's Service; nothing for any other mode. Takes root, mode (as
     hardened.scrapeMode gives it), component, path, port (its name), interval and optionally suffix. */}}
{{- define "hardened.scrape" -}}
{{- $kinds := dict
      "serviceMonitor" (dict "apiVersion" "monitoring.coreos.com/v1" "kind" "ServiceMonitor")
      "vmServiceScrape" (dict "apiVersion" "operator.victoriametrics.com/v1beta1" "kind" "VMServiceScrape") -}}
{{- with index $kinds .mode -}}
apiVersion: {{ .apiVersion }}
kind: {{ .kind }}
metadata:
  {{- include "hardened.metadata" $ | nindent 2 }}
spec:
  selector:
    matchLabels:
      {{- include "hardened.componentLabels" $ | nindent 6 }}
  endpoints:
    - port: {{ $.port }}
      path: {{ $.path }}
      interval: {{ $.interval }}
{{- end }}
{{- end }}
