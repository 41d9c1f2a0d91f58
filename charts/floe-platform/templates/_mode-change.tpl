{{/* What an upgrade would leave behind: the database of another mode, with its data. As a problem. Takes root, statefulSet, cluster (objects as the cluster has
     them, or empty maps). */}}
{{- define "floe-platform.modeProblem" -}}
{{- $mode := include "floe-platform.database" .root -}}
{{- $before := "" -}}
{{- if and .statefulSet (ne $mode "statefulset") }}{{ $before = "a StatefulSet" }}{{ end -}}
{{- if and .cluster (ne $mode "cnpg") }}{{ $before = "a Cluster of CloudNativePG" }}{{ end -}}
{{- if and $before (not .root.Values.postgresql.allowModeChange) }}
{{ printf "postgresql.mode: the database of this release is %s, and this upgrade would replace it by an empty one (%s); take a dump, upgrade with postgresql.allowModeChange, load the dump" $before $mode }}
{{- end -}}
{{- end }}
