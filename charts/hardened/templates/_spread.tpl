{{/* Keeps the pods of one component on different zones and hosts: soft tries, hard insists, off lets them be. Only pods of one revision count
     against each other, so that a rollout needs no spare zone or host. Takes root, component, spread (map with zone and host) and optionally
     allRevisions (true for a StatefulSet: it takes a pod away before its successor comes, so that all of them count). */}}
{{- define "hardened.spread" -}}
{{- $pods := dict "labelSelector" (dict "matchLabels" (include "hardened.componentLabels" . | fromYaml)) -}}
{{- if not .allRevisions }}{{ $_ := set $pods "matchLabelKeys" (list "pod-template-hash") }}{{ end -}}
{{- $even := list -}}
{{- $apart := dict -}}
{{- range $where, $key := dict "zone" "topology.kubernetes.io/zone" "host" "kubernetes.io/hostname" -}}
{{- $how := index $.spread $where -}}
{{- $term := merge (dict "topologyKey" $key) $pods -}}
{{- if eq $how "hard" -}}
{{- $even = append $even (merge (dict "maxSkew" 1 "whenUnsatisfiable" "DoNotSchedule") $term) -}}
{{- $list := "requiredDuringSchedulingIgnoredDuringExecution" -}}
{{- $_ := set $apart $list (append (default list (index $apart $list)) $term) -}}
{{- else if eq $how "soft" -}}
{{- $even = append $even (merge (dict "maxSkew" 1 "whenUnsatisfiable" "ScheduleAnyway") $term) -}}
{{- $list := "preferredDuringSchedulingIgnoredDuringExecution" -}}
{{- $_ := set $apart $list (append (default list (index $apart $list)) (dict "weight" 100 "podAffinityTerm" $term)) -}}
{{- end -}}
{{- end -}}
{{- with $even -}}
affinity:
  podAntiAffinity:
    {{- toYaml $apart | nindent 4 }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
