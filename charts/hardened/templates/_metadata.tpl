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

{{/* Metadata of an object of the whole cluster. Its name begins with the namespace: two installs never share it. A label says the namespace too, so that one
     finds what belongs to an install. Takes root and optionally suffix, component, annotations. */}}
{{- define "hardened.clusterMetadata" -}}
{{- $metadata := include "hardened.metadata" . | fromYaml -}}
{{- $namespace := .root.Release.Namespace -}}
name: {{ include "hardened.clusterRoleName" . | quote }}
labels:
  {{- toYaml (merge (dict "hardened.pulumi/namespace" $namespace) $metadata.labels) | nindent 2 }}
{{- with $metadata.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Annotations of a workload: its own, the digest of the chart when there is one, and what Reloader reads. Takes root, annotations, reloadOn. */}}
{{- define "hardened.workloadAnnotations" -}}
{{- $digest := ternary (dict "checksum/chart" .root.Values.chartDigest) dict (ne .root.Values.chartDigest "") -}}
{{- toYaml (merge $digest (default dict .annotations) (include "hardened.reloadAnnotations" .reloadOn | fromYaml)) -}}
{{- end }}

{{/* Runs before every install and upgrade, in the order of the weights. Gone after success, kept after a failure until the next try.
     Takes the weight. */}}
{{- define "hardened.setupHook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
