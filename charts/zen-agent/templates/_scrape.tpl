{{/* How the metrics are found: off, annotations, serviceMonitor or vmServiceScrape. Takes the root context. */}}
{{- define "zen-agent.scrapeMode" -}}
{{- if not .Values.metrics.enabled -}}off
{{- else if .Values.serviceMonitor.enabled -}}serviceMonitor
{{- else if .Values.vmServiceScrape.enabled -}}vmServiceScrape
{{- else -}}annotations
{{- end -}}
{{- end }}

{{/* What is wrong with how the metrics are found, one problem a line. Takes the root context. */}}
{{- define "zen-agent.scrapeProblems" -}}
{{- $served := .Capabilities.APIVersions -}}
{{- range $key, $kind := dict
      "serviceMonitor" (list "monitoring.coreos.com/v1/ServiceMonitor" "servicemonitors.monitoring.coreos.com")
      "vmServiceScrape" (list "operator.victoriametrics.com/v1beta1/VMServiceScrape" "vmservicescrapes.operator.victoriametrics.com") -}}
{{- if (index $.Values $key).enabled -}}
{{- if not ($served.Has (first $kind)) }}
{{ printf "%s.enabled needs the kind %s (CustomResourceDefinition %s), which the cluster does not serve; install its operator first, or set it to false (where no cluster is asked: --api-versions %s)" $key (first $kind) (last $kind) (first $kind) }}
{{- end -}}
{{- if not $.Values.metrics.enabled }}
{{ printf "%s.enabled is true and metrics.enabled is false: choose one" $key }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled .Values.vmServiceScrape.enabled }}
serviceMonitor.enabled and vmServiceScrape.enabled are both true, and the agent would be scraped twice: choose one
{{- end -}}
{{- end }}
