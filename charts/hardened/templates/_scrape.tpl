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

{{/* The kinds by which operators are told to scrape, by mode. Takes nothing. */}}
{{- define "hardened.scrapeKinds" -}}
serviceMonitor: { apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, definition: servicemonitors.monitoring.coreos.com }
vmServiceScrape: { apiVersion: operator.victoriametrics.com/v1beta1, kind: VMServiceScrape, definition: vmservicescrapes.operator.victoriametrics.com }
{{- end }}

{{/* Why a mode that is asked for by name cannot be had: one problem, or nothing. Takes root, mode, key (where it is asked for) and otherwise (what to set
     there instead). */}}
{{- define "hardened.scrapeProblem" -}}
{{- with index (include "hardened.scrapeKinds" . | fromYaml) .mode -}}
{{- $kind := printf "%s/%s" .apiVersion .kind -}}
{{- if not ($.root.Capabilities.APIVersions.Has $kind) -}}
{{ printf "%s needs the kind %s (CustomResourceDefinition %s), which the cluster does not serve; install its operator first, or set it to %s (where no cluster is asked: --api-versions %s)" $.key $kind .definition $.otherwise $kind }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Tells the Prometheus Operator, or that of VictoriaMetrics, to scrape the component's Service; nothing for any other mode. Takes root, mode (as
     hardened.scrapeMode gives it), component, path, port (its name), interval and optionally suffix. */}}
{{- define "hardened.scrape" -}}
{{- with index (include "hardened.scrapeKinds" . | fromYaml) .mode -}}
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
