{{/* The chart's digest as an annotation, or none. Takes the root context. */}}
{{- define "monitoring.digest" -}}
{{- with .Values.chartDigest }}
checksum/chart: {{ . | quote }}
{{- end }}
{{- end }}
