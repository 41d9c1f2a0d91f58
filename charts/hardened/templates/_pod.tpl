{{/* A pod's spec. Takes containers (list of maps for hardened.container), securityContext (map), tmpSizeLimit (quantity) and optionally
     initContainers, restartPolicy, terminationGracePeriodSeconds, activeDeadlineSeconds, serviceAccountName, serviceAccountToken (true mounts it), volumes, and
     spread (map for hardened.spread) with root and component. */}}
{{- define "hardened.podSpec" -}}
automountServiceAccountToken: {{ default false .serviceAccountToken }}
enableServiceLinks: false
{{- range $field := list "restartPolicy" "serviceAccountName" "terminationGracePeriodSeconds" "activeDeadlineSeconds" }}
{{- with index $ $field }}
{{ $field }}: {{ . }}
{{- end }}
{{- end }}
securityContext:
  {{- toYaml .securityContext | nindent 2 }}
{{- if .spread }}
{{- with include "hardened.spread" . }}
{{ . }}
{{- end }}
{{- end }}
{{- range $list := list "initContainers" "containers" }}
{{- with index $ $list }}
{{ $list }}:
  {{- range . }}
  - {{ include "hardened.container" . | indent 4 | trim }}
  {{- end }}
{{- end }}
{{- end }}
volumes:
  {{- toYaml (append (default list .volumes) (dict "name" "tmp" "emptyDir" (dict "sizeLimit" .tmpSizeLimit))) | nindent 2 }}
{{- end }}

{{/* A pod template's metadata; only labels that survive a chart upgrade, so that a new chart version alone restarts nothing.
     Takes root, component and optionally annotations. */}}
{{- define "hardened.podMetadata" -}}
labels:
  {{- include "hardened.componentLabels" . | nindent 2 }}
  {{- with include "hardened.extraLabels" .root }}
  {{- . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
