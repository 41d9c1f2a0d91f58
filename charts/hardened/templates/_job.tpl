{{/* A Job that runs to its end in bounded time. Takes root, component, pod (map for hardened.podSpec), activeDeadlineSeconds, backoffLimit,
     ttlSecondsAfterFinished and optionally suffix, setupWeight, annotations, podAnnotations. */}}
{{- define "hardened.job" -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "hardened.metadata" (omit . "pod") | nindent 2 }}
spec:
  activeDeadlineSeconds: {{ int64 .activeDeadlineSeconds }}
  backoffLimit: {{ int64 .backoffLimit }}
  ttlSecondsAfterFinished: {{ int64 .ttlSecondsAfterFinished }}
  template:
    metadata:
      {{- include "hardened.podMetadata" (dict "root" .root "component" .component "annotations" .podAnnotations) | nindent 6 }}
    spec:
      {{- include "hardened.podSpec" (merge (dict "restartPolicy" "Never") .pod) | nindent 6 }}
{{- end }}
