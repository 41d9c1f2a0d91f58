{{/* A quantity such as 100m, 0.5 or 128Mi as a number: cores or bytes. Takes the text. */}}
{{- define "hardened.quantity" -}}
{{- $units := dict "m" 0.001 "" 1.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18
      "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 -}}
{{- mulf (regexFind "^[0-9.]+" . | float64) (index $units (regexReplaceAll "^[0-9.]+" . "") | float64) -}}
{{- end }}

{{/* What is wrong with one amount, as a problem: missing, no quantity, zero, or without a unit. Takes key (its path in the values), given, why (what a
     missing one and zero mean), like (a right one) and optionally unit (true: bytes that need one). */}}
{{- define "hardened.amountProblem" -}}
{{- if kindIs "invalid" .given }}
{{ printf "%s is missing: %s; set it" .key .why }}
{{- else if not (and (kindIs "string" .given) (regexMatch "^[0-9]+([.][0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$" .given)) }}
{{ printf "%s (%s) is no amount; write a text such as %q" .key (toJson .given) .like }}
{{- else if eq (include "hardened.quantity" .given | float64) 0.0 }}
{{ printf "%s is %s: %s; raise it" .key .given .why }}
{{- else if and .unit (regexMatch "[0-9m]$" .given) }}
{{ printf "%s (%q) has no unit of bytes; write a text such as %q" .key .given .like }}
{{- end -}}
{{- end }}

{{/* What is wrong with a whole number, as a problem. Takes key (its path in the values), given, least, most. */}}
{{- define "hardened.numberProblem" -}}
{{- $isWhole := regexMatch "^[0-9]{1,15}$" (toJson .given) -}}
{{- if not (and $isWhole (ge (int64 .given) (int64 .least)) (le (int64 .given) (int64 .most))) }}
{{ printf "%s (%s) is no whole number from %d to %d" .key (toJson .given) (int64 .least) (int64 .most) }}
{{- end -}}
{{- end }}

{{/* Requests and limits that are missing, no quantity or zero, and limits below their requests, one problem a line. Takes key (path of the map in
     the values), resources (map). */}}
{{- define "hardened.resourceProblems" -}}
{{- $nothing := dict
      "requests" "nothing is set aside, and an autoscaler has nothing to measure by"
      "limits" "Kubernetes takes that as no limit" -}}
{{- range $kind := list "cpu" "memory" -}}
{{- $amounts := dict -}}
{{- range $part := list "requests" "limits" -}}
{{- $at := printf "%s.%s.%s" $.key $part $kind -}}
{{- $given := index (default dict (index (default dict $.resources) $part)) $kind -}}
{{- $problem := include "hardened.amountProblem" (dict "key" $at "given" $given "why" (index $nothing $part) "like" (ternary "100m" "128Mi" (eq $kind "cpu"))) -}}
{{- if $problem }}{{ $problem }}
{{- else }}{{ $_ := set $amounts $part $given }}{{ end -}}
{{- end -}}
{{- with $amounts -}}
{{- if and .requests .limits -}}
{{- if lt (include "hardened.quantity" .limits | float64) (include "hardened.quantity" .requests | float64) }}
{{ printf "%s.limits.%s (%s) is below %s.requests.%s (%s); raise the limit or lower the request" $.key $kind .limits $.key $kind .requests }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What is wrong with an autoscaler, one problem a line. Takes key (path of the map in the values), enabled, min, max, minKey, maxKey, cpu (percent
     of the request), cpuKey, mostCpu (the highest it may be). */}}
{{- define "hardened.autoscalerProblems" -}}
{{- if .enabled -}}
{{- if gt (int .min) (int .max) }}
{{ printf "%s.%s (%d) is above %s.%s (%d); raise the most or lower the least" .key .minKey (int .min) .key .maxKey (int .max) }}
{{- end -}}
{{- $isWhole := and (not (kindIs "string" .cpu)) (regexMatch "^[0-9]+$" (toString .cpu)) -}}
{{- if not (and $isWhole (ge (int .cpu) 1) (le (int .cpu) (int .mostCpu))) }}
{{ printf "%s.%s (%s) is no target; write a whole number of percent of the request, from 1 to %d" .key .cpuKey (toJson .cpu) (int .mostCpu) }}
{{- end -}}
{{- end -}}
{{- end }}
