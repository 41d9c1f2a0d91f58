{{/* What all pods of a namespace may ask for together, for namespaces that have no quota yet. The rule that it still admits every pod: each of CPU and
     memory it bounds has a default in the LimitRange beside it, since a pod that names none would be refused, and it is no less than what the chart's own
     pods ask for at once, those of a rollout included. Takes root, hard (map of amounts), defaults (the map given to hardened.limitRange as resources) and
     optionally suffix, workloads (list of maps with pods, the most there are at once, resources, those of all containers of one, and optionally claims, the
     list of those each pod has for itself), claims (list of those that are there once), key (its path in the values). */}}
{{- define "hardened.resourceQuota" -}}
{{- include "hardened.validate" (list (include "hardened.quotaProblems" .)) -}}
apiVersion: v1
kind: ResourceQuota
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  hard:
    {{- range $name, $given := .hard }}
    {{ $name }}: {{ ternary $given (toJson $given) (kindIs "string" $given) | quote }}
    {{- end }}
{{- end }}

{{/* What is wrong with a quota, one problem a line. Of pods, CPU and memory zero admits nothing and is refused; of anything else it is a ban, such as
     services.loadbalancers: 0. Takes what hardened.resourceQuota takes. */}}
{{- define "hardened.quotaProblems" -}}
{{- $key := default "quota" .key -}}
{{- $asked := include "hardened.askedFor" . | fromYaml -}}
{{- if not .hard }}
{{ printf "%s.hard is empty: it bounds nothing; name amounts, such as {pods: 20, requests.cpu: \"4\"}" $key }}
{{- end -}}
{{- range $name, $given := .hard -}}
{{- $at := printf "%s.hard.%s" $key $name -}}
{{- $text := ternary $given (toJson $given) (kindIs "string" $given) -}}
{{- $kind := regexFind "(cpu|memory)$" $name -}}
{{- $plain := trimPrefix "count/" $name -}}
{{- $bytes := regexMatch "^((requests|limits)[.])?(ephemeral-storage|hugepages-.+)$|(^|/)requests[.]storage$" $name -}}
{{- $problem := "" -}}
{{- if regexMatch "^((requests|limits)[.])?(cpu|memory)$" $name -}}
{{- $problem = include "hardened.amountProblem" (dict "key" $at "given" $given "why" "no pod would be admitted" "like" (ternary "4" "8Gi" (eq $kind "cpu"))) -}}
{{- $part := ternary "limits" "requests" (hasPrefix "limits." $name) -}}
{{- if not (index (default dict (index (default dict $.defaults) $part)) $kind) }}
{{ printf "%s bounds what %s.%s of the LimitRange has no default for: a pod that names none would be refused; give it one" $at $part $kind }}
{{- end -}}
{{- else if $bytes -}}
{{- if ne $text "0" }}{{ $problem = include "hardened.amountProblem" (dict "key" $at "given" $given "why" "it is a ban only as 0" "like" "100Gi" "unit" true) }}{{ end -}}
{{- else if not (regexMatch "^[0-9]+$" $text) -}}
{{- $problem = printf "\n%s (%s) is no whole number of objects; write one such as 20" $at (toJson $given) -}}
{{- else if and (eq $plain "pods") (eq (int64 $text) 0) -}}
{{- $problem = printf "\n%s is 0: no pod would be admitted; raise it" $at -}}
{{- end -}}
{{- $problem -}}
{{- $needed := index $asked (ternary (printf "requests.%s" $name) $plain (regexMatch "^(cpu|memory|ephemeral-storage|hugepages-.+)$" $name)) -}}
{{- if and $needed (not $problem) -}}
{{- if gt (float64 $needed) (include "hardened.quantity" $text | float64) }}
{{- $shown := ternary (printf "%.0fMi" (divf (float64 $needed) 1048576.0)) (toString $needed) (or $bytes (eq $kind "memory")) }}
{{ printf "%s (%s) is below what the chart's own pods ask for (%s); raise it" $at $text $shown }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What pods and claims ask for together, by the names of a quota, as numbers. Takes workloads, claims. */}}
{{- define "hardened.askedFor" -}}
{{- $parts := list -}}
{{- range $claim := .claims }}{{ $parts = append $parts (list 1 (include "hardened.claimAmounts" $claim | fromYaml)) }}{{ end -}}
{{- range $workload := .workloads -}}
{{- range $claim := $workload.claims }}{{ $parts = append $parts (list $workload.pods (include "hardened.claimAmounts" $claim | fromYaml)) }}{{ end -}}
{{- $amounts := dict "pods" "1" -}}
{{- range $part, $of := $workload.resources }}{{ range $kind, $amount := $of }}{{ $_ := set $amounts (printf "%s.%s" $part $kind) $amount }}{{ end }}{{ end -}}
{{- $parts = append $parts (list $workload.pods $amounts) -}}
{{- end -}}
{{- $sum := dict "pods" 0.0 -}}
{{- range $parts -}}
{{- $times := first . -}}
{{- range $name, $amount := last . -}}
{{- $one := ternary $amount "0" (and (kindIs "string" $amount) (regexMatch "^[0-9]+([.][0-9]+)?([mkMGTPE]|[KMGTPE]i)?$" (toString $amount))) -}}
{{- $_ := set $sum $name (addf (default 0.0 (index $sum $name)) (mulf (float64 $times) (include "hardened.quantity" $one))) -}}
{{- end -}}
{{- end -}}
{{- toYaml $sum -}}
{{- end }}

{{/* What one claim takes of a quota, by the names there, those of its class included when it names one. Takes size, and optionally storageClassName. */}}
{{- define "hardened.claimAmounts" -}}
{{- $amounts := dict "requests.storage" .size "persistentvolumeclaims" "1" -}}
{{- with .storageClassName -}}
{{- range $name, $amount := deepCopy $amounts }}{{ $_ := set $amounts (printf "%s.storageclass.storage.k8s.io/%s" $.storageClassName $name) $amount }}{{ end -}}
{{- end -}}
{{- toYaml $amounts -}}
{{- end }}
