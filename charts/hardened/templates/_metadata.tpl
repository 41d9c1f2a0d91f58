{{/* Metadata of a namespaced object. Takes root and optionally suffix (of the name), name (the whole of it), component, annotations (map),
     setupWeight (makes it part of the setup that runs before install and upgrade). */}}
{{- define "hardened.metadata" -}}
{{- $annotations := default dict .annotations -}}
{{- if hasKey . "setupWeight" -}}
{{- $annotations = merge (include "hardened.setupHook" .setupWeight | fromYaml) $annotations -}}
{{- end -}}
name: {{ default (include "hardened.childName" .) .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "hardened.labels" .root | nindent 2 }}
  {{- with .component }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Runs before every install and upgrade, in the order of the weights. Gone after success, kept after a failure until the next try.
     Takes the weight. */}}
{{- define "hardened.setupHook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
