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

{{/* <chart>-<version> as a label value. Takes the root context. */}}
{{- define "hardened.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | regexFind "^.*[^-]" -}}
{{- end }}
