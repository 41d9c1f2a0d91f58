{{/* The chart's own names for what the library gives. Each takes the root context. */}}
{{- define "mailroom.name" -}}
{{- include "hardened.name" . }}
{{- end }}

{{- define "mailroom.fullname" -}}
{{- include "hardened.fullname" . }}
{{- end }}

{{- define "mailroom.chart" -}}
{{- include "hardened.chart" . }}
{{- end }}

{{- define "mailroom.labels" -}}
{{- include "hardened.labels" . }}
{{- end }}

{{- define "mailroom.selectorLabels" -}}
{{- include "hardened.selectorLabels" . }}
{{- end }}

{{- define "mailroom.podSecurityContext" -}}
{{- include "hardened.podSecurityContext" .Values.image }}
{{- end }}

{{- define "mailroom.containerSecurityContext" -}}
{{- include "hardened.containerSecurityContext" . }}
{{- end }}
