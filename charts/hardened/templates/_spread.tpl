{{/* Keeps the pods of one component on different zones and hosts: soft tries, hard insists, off lets them be. Only pods of one revision count
     against each other, so that a rollout needs no spare zone or host. An affinity term can tell revisions apart from Kubernetes 1.31 on; before
     that a hard one would stop a rollout, so the constraint alone is hard. Takes root, component, spread (map with zone and host) and optionally
     allRevisions (true for a StatefulSet: it takes a pod away before its successor comes, so that all of them count). */}}
{{- define "hardened.spread" -}}
{{- $pods := dict "labelSelector" (dict "matchLabels" (include "hardened.componentLabels" . | fromYaml)) -}}
{{- $revision := ternary dict (dict "matchLabelKeys" (list "pod-template-hash")) (default false .allRevisions) -}}
{{- $isExact := or .allRevisions (semverCompare ">=1.31-0" .root.Capabilities.KubeVersion.Version) -}}
{{- $even := list -}}
{{- $apart := dict -}}
{{- range $where, $key := dict "zone" "topology.kubernetes.io/zone" "host" "kubernetes.io/hostname" -}}
{{- $how := index $.spread $where -}}
{{- if has $how (list "hard" "soft") -}}
{{- $skew := dict "maxSkew" 1 "whenUnsatisfiable" (ternary "DoNotSchedule" "ScheduleAnyway" (eq $how "hard")) -}}
{{- $even = append $even (merge $skew (dict "topologyKey" $key) $revision $pods) -}}
{{- $term := merge (dict "topologyKey" $key) (ternary $revision dict $isExact) $pods -}}
{{- $isHard := and (eq $how "hard") $isExact -}}
{{- $list := printf "%sDuringSchedulingIgnoredDuringExecution" (ternary "required" "preferred" $isHard) -}}
{{- $one := ternary $term (dict "weight" 100 "podAffinityTerm" $term) $isHard -}}
{{- $_ := set $apart $list (append (default list (index $apart $list)) $one) -}}
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
