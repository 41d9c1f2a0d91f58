{{/* What a container of the namespace gets that names no requests or limits, and the most and the least it may name; for namespaces that have no LimitRange yet, as two
     of them give defaults in no order. Takes root, resources (map of requests and limits) and optionally suffix, max and min (maps of cpu and memory), key (its path
     in the values), containers (map of the resources of the chart's own containers, by their path in the values). */}}
{{- define "hardened.limitRange" -}}
{{- include "hardened.validate" (list (include "hardened.limitRangeProblems" .)) -}}
apiVersion: v1
kind: LimitRange
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  limits:
    - type: Container
      defaultRequest:
        {{- toYaml .resources.requests | nindent 8 }}
      default:
        {{- toYaml .resources.limits | nindent 8 }}
      {{- with .max }}
      max:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .min }}
      min:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}

{{/* What is wrong with a LimitRange, one problem a line. Takes what hardened.limitRange takes. */}}
{{- define "hardened.limitRangeProblems" -}}
{{- $key := default "limitRange" .key -}}
{{- include "hardened.resourceProblems" (dict "key" $key "resources" .resources) -}}
{{- range $kind, $most := .max -}}
{{- $at := printf "%s.max.%s" $key $kind -}}
{{- $problem := include "hardened.amountProblem" (dict "key" $at "given" $most "why" "no container would be admitted" "like" (ternary "2" "4Gi" (eq $kind "cpu"))) -}}
{{- $problem -}}
{{- $limit := index (default dict (default dict $.resources).limits) $kind -}}
{{- if and (not $problem) $limit (kindIs "string" $limit) (regexMatch "^[0-9]" (toString $limit)) -}}
{{- if lt (include "hardened.quantity" $most | float64) (include "hardened.quantity" $limit | float64) }}
{{ printf "%s (%s) is below %s.limits.%s (%s), the default; raise it" $at $most $key $kind $limit }}
{{- end -}}
{{- end -}}
{{- range $of, $resources := ternary dict $.containers (ne $problem "") -}}
{{- range $part := list "requests" "limits" -}}
{{- $given := toString (index (default dict (index (default dict $resources) $part)) $kind) -}}
{{- if not (include "hardened.amountProblem" (dict "key" "" "given" $given "why" "" "like" "")) -}}
{{- if lt (include "hardened.quantity" $most | float64) (include "hardened.quantity" $given | float64) }}
{{ printf "%s.%s.%s (%s) is above %s (%s): its pods would be refused; lower it, or raise the most" $of $part $kind $given $at $most }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $kind, $least := .min -}}
{{- $at := printf "%s.min.%s" $key $kind -}}
{{- $problem := include "hardened.amountProblem" (dict "key" $at "given" $least "why" "it bounds nothing" "like" (ternary "10m" "16Mi" (eq $kind "cpu"))) -}}
{{- $problem -}}
{{- if not $problem -}}
{{- $own := merge (dict $key $.resources) (default dict $.containers) -}}
{{- range $of, $resources := $own -}}
{{- range $part := list "requests" "limits" -}}
{{- $given := toString (index (default dict (index (default dict $resources) $part)) $kind) -}}
{{- if not (include "hardened.amountProblem" (dict "key" "" "given" $given "why" "" "like" "")) -}}
{{- if gt (include "hardened.quantity" $least | float64) (include "hardened.quantity" $given | float64) }}
{{ printf "%s.%s.%s (%s) is below %s (%s): its pods would be refused; raise it, or lower the least" $of $part $kind $given $at $least }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
