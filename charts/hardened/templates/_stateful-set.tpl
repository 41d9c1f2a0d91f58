{{/* A StatefulSet of one component: pods with names of their own, each with its own claims, which stay when pods or the whole go. The group of the pod
     owns the volumes, so that a user other than root writes to them. Takes root, component, pod (map for hardened.podSpec; its containers mount the claims
     by name) and optionally suffix, replicas, serviceName (of its headless Service; its own name without), claims (list of maps with name, size, and
     optionally accessModes, storageClassName), podManagementPolicy (OrderedReady, Parallel), updateStrategy (map with type), retention (map with
     whenDeleted, whenScaled: Retain, Delete), minReadySeconds, annotations, podAnnotations, reloadOn, key (its path in the values). */}}
{{- define "hardened.statefulSet" -}}
{{- include "hardened.validate" (list (include "hardened.statefulSetProblems" .)) -}}
{{- $context := .pod.securityContext -}}
{{- $owned := merge (dict "fsGroup" (int64 (default $context.runAsGroup $context.fsGroup)) "fsGroupChangePolicy" (default "OnRootMismatch" $context.fsGroupChangePolicy)) $context -}}
{{- $retention := default dict .retention -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "hardened.metadata" (set (omit . "pod") "annotations" (include "hardened.workloadAnnotations" . | fromYaml)) | nindent 2 }}
spec:
  serviceName: {{ default (include "hardened.childName" .) .serviceName }}
  {{- if hasKey . "replicas" }}
  replicas: {{ .replicas }}
  {{- end }}
  podManagementPolicy: {{ default "OrderedReady" .podManagementPolicy }}
  minReadySeconds: {{ int64 .minReadySeconds }}
  revisionHistoryLimit: 3
  updateStrategy:
    {{- toYaml (default (dict "type" "RollingUpdate") .updateStrategy) | nindent 4 }}
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: {{ default "Retain" $retention.whenDeleted }}
    whenScaled: {{ default "Retain" $retention.whenScaled }}
  selector:
    matchLabels:
      {{- include "hardened.componentLabels" . | nindent 6 }}
  template:
    metadata:
      {{- include "hardened.podMetadata" (dict "root" .root "component" .component "annotations" .podAnnotations) | nindent 6 }}
    spec:
      {{- include "hardened.podSpec" (merge (dict "securityContext" $owned "allRevisions" true) .pod) | nindent 6 }}
  {{- with .claims }}
  volumeClaimTemplates:
    {{- range . }}
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: {{ .name }}
        labels:
          {{- include "hardened.componentLabels" $ | nindent 10 }}
      spec:
        {{- include "hardened.claimSpec" . | nindent 8 }}
    {{- end }}
  {{- end }}
{{- end }}

{{/* What is wrong with a StatefulSet, one problem a line. Takes what hardened.statefulSet takes. */}}
{{- define "hardened.statefulSetProblems" -}}
{{- $key := default "statefulSet" .key -}}
{{- range $field, $range := dict "replicas" (list 0 1000) "minReadySeconds" (list 0 3600) -}}
{{- if hasKey $ $field }}{{ include "hardened.numberProblem" (dict "key" (printf "%s.%s" $key $field) "given" (index $ $field) "least" (first $range) "most" (last $range)) }}{{ end -}}
{{- end -}}
{{- include "hardened.nameProblem" (merge (dict "key" $key "kind" "StatefulSet") (pick . "root" "suffix" "name")) -}}
{{- $retention := default dict .retention -}}
{{- $kept := list "Retain" "Delete" -}}
{{- range list
      (list "podManagementPolicy" .podManagementPolicy (list "OrderedReady" "Parallel"))
      (list "updateStrategy.type" (default (dict "type" "RollingUpdate") .updateStrategy).type (list "RollingUpdate" "OnDelete"))
      (list "retention.whenDeleted" $retention.whenDeleted $kept)
      (list "retention.whenScaled" $retention.whenScaled $kept) -}}
{{- $given := index . 1 -}}
{{- if not (kindIs "invalid" $given) }}{{ include "hardened.choiceProblem" (dict "key" (printf "%s.%s" $key (first .)) "given" $given "allowed" (last .)) }}{{ end -}}
{{- end -}}
{{- $context := default dict (default dict .pod).securityContext -}}
{{- if not (or $context.fsGroup $context.runAsGroup) }}
{{ printf "%s.pod.securityContext names neither fsGroup nor runAsGroup: root would own the volumes, and the pod could not write to them; set fsGroup" $key }}
{{- end -}}
{{- $names := list "tmp" -}}
{{- range (default dict .pod).volumes }}{{ $names = append $names .name }}{{ end -}}
{{- range $index, $claim := .claims -}}
{{- $at := printf "%s.claims[%d]" $key $index -}}
{{- if not (and (kindIs "string" $claim.name) (regexMatch "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" (toString $claim.name))) }}
{{ printf "%s.name (%s) is no name of a volume; use lower-case letters, digits and -" $at (toJson $claim.name) }}
{{- else if has $claim.name $names }}
{{ printf "%s.name: there is a volume %q already; give each its own" $at $claim.name }}
{{- end -}}
{{- $names = append $names $claim.name -}}
{{- include "hardened.claimProblems" (dict "key" $at "claim" $claim) -}}
{{- end -}}
{{- end }}
