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
{{- range $key := list "serviceMonitor" "vmServiceScrape" -}}
{{- if (index $.Values $key).enabled }}
{{ include "hardened.scrapeProblem" (dict "root" $ "mode" $key "key" (printf "%s.enabled" $key) "otherwise" "false") }}
{{- if not $.Values.metrics.enabled }}
{{ printf "%s.enabled is true and metrics.enabled is false: choose one" $key }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled .Values.vmServiceScrape.enabled }}
serviceMonitor.enabled and vmServiceScrape.enabled are both true, and the agent would be scraped twice: choose one
{{- end -}}
{{- end }}
