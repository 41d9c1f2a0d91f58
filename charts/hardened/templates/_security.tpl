{{/* Pod level of the restricted standard. The user is a number, because the kubelet cannot tell whether a user name is root.
     Volumes are given to fsGroup when they are new: at every mount it would open folders that a server keeps for itself (KEP-695).
     Takes runAsUser, runAsGroup and optionally fsGroup. */}}
{{- define "hardened.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ int64 .runAsUser }}
runAsGroup: {{ int64 .runAsGroup }}
{{- with .fsGroup }}
fsGroup: {{ int64 . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Container level of the restricted standard, with a root filesystem nothing can write to: /tmp is the one writable place. */}}
{{- define "hardened.containerSecurityContext" -}}
runAsNonRoot: true
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
seccompProfile:
  type: RuntimeDefault
capabilities:
  drop:
    - ALL
{{- end }}
