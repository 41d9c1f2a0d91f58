{{/* Labels of every object. Takes the root context. */}}
{{- define "hardened.labels" -}}
helm.sh/chart: {{ include "hardened.chart" . }}
{{ include "hardened.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with include "hardened.extraLabels" . }}
{{ . }}
{{- end }}
{{- end }}

{{/* Labels a chart has beside those: of every object and of every pod template, never of a selector. None, unless a chart that uses the library defines a
     template of this name of its own: Helm takes that of the outer chart. Takes the root context. */}}
{{- define "hardened.extraLabels" -}}
{{- end }}

{{/* The labels that never change between chart versions, for selectors. Takes the root context. */}}
{{- define "hardened.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hardened.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The labels of one component's pods and of nobody else's, for selectors. Takes root, component. */}}
{{- define "hardened.componentLabels" -}}
{{ include "hardened.selectorLabels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The six Pod Security labels of a namespace. Takes level and version; the version is that of enforcement, warnings and audit
     look ahead to the cluster's newest. */}}
{{- define "hardened.podSecurityLabels" -}}
pod-security.kubernetes.io/enforce: {{ .level }}
pod-security.kubernetes.io/enforce-version: {{ .version }}
pod-security.kubernetes.io/warn: {{ .level }}
pod-security.kubernetes.io/warn-version: latest
pod-security.kubernetes.io/audit: {{ .level }}
pod-security.kubernetes.io/audit-version: latest
{{- end }}
