{{/* Stops the render with everything that is wrong beyond what the schema sees. Takes the root context. */}}
{{- define "stateful-service.validate" -}}
{{- $v := .Values -}}
{{- $given := include "stateful-service.given" . | fromYaml -}}
{{- $problems := list
      (include "hardened.nameProblem" (dict "root" . "key" "statefulSet" "kind" "StatefulSet"))
      (include "hardened.claimProblems" (dict "key" "storage" "claim" $v.storage))
      (include "hardened.resourceProblems" (dict "key" "resources" "resources" $v.resources)) -}}
{{- if $v.archive.enabled -}}
{{- $problems = append $problems (include "hardened.claimProblems" (dict "key" "archive" "claim" $v.archive "pods" $v.replicas)) -}}
{{- end -}}
{{- if $v.certificate.enabled -}}
{{- $problems = append $problems (include "hardened.certificateProblems" (set $given.certificate "root" .)) -}}
{{- if not $v.certificate.caSecret }}{{ $problems = append $problems "certificate.caSecret is empty: name the Secret of the CA that signs" }}{{ end -}}
{{- end -}}
{{- if $v.quota.enabled -}}
{{- $problems = concat $problems (list (include "hardened.quotaProblems" $given.quota) (include "hardened.limitRangeProblems" $given.limitRange)) -}}
{{- end -}}
{{- if not (include "stateful-service.dns" . | fromYaml) -}}
{{- $problems = append $problems "networkPolicy.destinations holds neither dns nor port 53: no pod could resolve a name, that of the test neither; name where names are resolved" -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}
