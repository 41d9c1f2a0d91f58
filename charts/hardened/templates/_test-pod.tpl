{{/* A pod for `helm test`: it ends by itself, has no token, and is gone after it passed; one that failed stays until the next try. It needs a component of
     its own, as it would else answer for the Service, and a NetworkPolicy. Takes root, pod (map for hardened.podSpec), activeDeadlineSeconds and optionally
     suffix and component (test without), annotations, key (its path in the values). */}}
{{- define "hardened.testPod" -}}
{{- include "hardened.validate" (list (include "hardened.numberProblem" (dict
      "key" (printf "%s.activeDeadlineSeconds" (default "test" .key)) "given" .activeDeadlineSeconds "least" 1 "most" 3600))) -}}
{{- $hook := dict "helm.sh/hook" "test" "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" -}}
{{- $pod := dict "restartPolicy" "Never" "activeDeadlineSeconds" (int64 .activeDeadlineSeconds) -}}
apiVersion: v1
kind: Pod
metadata:
  {{- include "hardened.metadata" (dict
        "root" .root
        "suffix" (default "test" .suffix)
        "component" (default "test" .component)
        "annotations" (merge $hook (default dict .annotations))) | nindent 2 }}
spec:
  {{- include "hardened.podSpec" (merge $pod (omit .pod "serviceAccountToken")) | nindent 2 }}
{{- end }}
