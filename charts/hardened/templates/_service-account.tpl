{{/* Name of the account pods run as: the given one, else the release's own where the chart makes it, else the namespace's default.
     Takes root, create (true or false), name. */}}
{{- define "hardened.serviceAccountName" -}}
{{- default (ternary (include "hardened.fullname" .root) "default" .create) .name }}
{{- end }}

{{/* A ServiceAccount whose pods get no token unless they ask. Takes root and optionally name, suffix, component, annotations, setupWeight. */}}
{{- define "hardened.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end }}
