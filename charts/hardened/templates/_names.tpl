{{/* The app's name: nameOverride, else the chart's name. Takes the root context. */}}
{{- define "hardened.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | regexFind "^.*[^-]" -}}
{{- end }}

{{/* The release's own name for its objects: fullnameOverride, else the release name when it holds the app's name, else <release>-<name>.
     At most 63 characters, never ending in "-". Takes the root context. */}}
{{- define "hardened.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 63 | regexFind "^.*[^-]" -}}
{{- end }}

{{/* <fullname>-<suffix> in 63 characters: a long fullname is cut, the suffix is not. Takes root, and suffix when there is one. */}}
{{- define "hardened.childName" -}}
{{- $suffix := ternary (printf "-%s" .suffix) "" (hasKey . "suffix") -}}
{{- $length := sub 63 (len $suffix) | int -}}
{{- include "hardened.fullname" .root | trunc $length | regexFind "^.*[^-]" }}{{ $suffix }}
{{- end }}

{{/* <namespace>.<fullname>, with -<suffix> when there is one: the name of the library's own objects of the cluster, its ClusterRole among them. No namespace
     holds a dot, so that two installs never share it. Takes root, and suffix when there is one. */}}
{{- define "hardened.clusterRoleName" -}}
{{- printf "%s.%s" .root.Release.Namespace (include "hardened.childName" .) -}}
{{- end }}

{{/* What is wrong with the length of a workload's name, as a problem: its controller makes longer names and labels of it, of 63 characters at most.
     Takes root, key (its path in the values), kind (StatefulSet, CronJob), and suffix and name when there are such. */}}
{{- define "hardened.nameProblem" -}}
{{- $name := default (include "hardened.childName" .) .name -}}
{{- $why := dict
      "StatefulSet" "the label of its pods' revision would be too long, and it would never get a pod"
      "CronJob" "its Jobs' names would be too long, and the API server refuses it" -}}
{{- if gt (len $name) 52 }}
{{ printf "%s: the name %s has %d characters, and a %s at most 52: %s; set a shorter fullnameOverride" .key $name (len $name) .kind (index $why .kind) }}
{{- end -}}
{{- end }}

{{/* <chart>-<version> as a label value. Takes the root context. */}}
{{- define "hardened.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | regexFind "^.*[^-]" -}}
{{- end }}
