{{/* A claim of storage beside its workload. It stays, with its data, when the release goes; installed again under the same name, the release takes it
     back. Takes root, size (with a unit), and optionally suffix, component, annotations, accessModes (list; ReadWriteOnce without), storageClassName (the
     cluster's default without), pods (how many mount it), keep (false: it goes with the release), key (its path in the values). */}}
{{- define "hardened.persistentVolumeClaim" -}}
{{- include "hardened.validate" (list (include "hardened.claimProblems" (dict "key" (default "claim" .key) "claim" . "pods" .pods))) -}}
{{- $keep := ternary (dict "helm.sh/resource-policy" "keep") dict (ne .keep false) -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "hardened.metadata" (set (omit . "key" "pods") "annotations" (merge $keep (default dict .annotations))) | nindent 2 }}
spec:
  {{- include "hardened.claimSpec" . | nindent 2 }}
{{- end }}

{{/* What is claimed. Takes size, and optionally accessModes, storageClassName. */}}
{{- define "hardened.claimSpec" -}}
accessModes: [{{ join ", " (default (list "ReadWriteOnce") .accessModes) }}]
{{- with .storageClassName }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .size }}
{{- end }}

{{/* What is wrong with a claim, one problem a line. A claim that several pods mount has to be for several nodes; those of a StatefulSet are one for each
     pod, so that ReadWriteOnce is right for any number of pods. Takes key (path of the map in the values), claim (map with size, accessModes) and
     optionally pods (how many mount this one claim). */}}
{{- define "hardened.claimProblems" -}}
{{- include "hardened.amountProblem" (dict
      "key" (printf "%s.size" .key) "given" .claim.size "why" "a claim without a size is refused, and nothing fits into a volume of none" "like" "10Gi" "unit" true) -}}
{{- $modes := default (list "ReadWriteOnce") .claim.accessModes -}}
{{- range $index, $mode := $modes -}}
{{- include "hardened.choiceProblem" (dict
      "key" (printf "%s.accessModes[%d]" $.key $index) "given" $mode
      "allowed" (list "ReadWriteOnce" "ReadWriteOncePod" "ReadOnlyMany" "ReadWriteMany")) -}}
{{- end -}}
{{- if and (has "ReadWriteOncePod" $modes) (gt (len $modes) 1) }}
{{ printf "%s.accessModes: ReadWriteOncePod goes with no other; choose" .key }}
{{- end -}}
{{- $shared := or (has "ReadWriteMany" $modes) (has "ReadOnlyMany" $modes) -}}
{{- if and (gt (int .pods) 1) (not $shared) }}
{{ printf "%s.accessModes (%s): %d pods mount this one claim, and it is for one node; use ReadWriteMany, one pod, or the claims of a StatefulSet" .key (join ", " $modes) (int .pods) }}
{{- end -}}
{{- end }}
