{{/* A ConfigMap with one file. Takes root, suffix, file, content (tree, written as YAML) and optionally setupWeight. */}}
{{- define "hardened.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
data:
  {{ .file }}: |
    {{- toYaml .content | nindent 4 }}
{{- end }}
