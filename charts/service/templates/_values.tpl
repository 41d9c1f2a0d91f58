{{/* What a service says over the defaults. The two keys whose parts exclude each other are replaced, not merged. Takes root, given (map). */}}
{{- define "service.values" -}}
{{- $values := mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy .given) -}}
{{- with .given.pdb }}{{ $_ := set $values "pdb" . }}{{ end -}}
{{- if ne $values.kind "web" }}{{ $_ := set $values "probes" (default dict .given.probes) }}{{ end -}}
{{- toJson $values -}}
{{- end }}

{{/* The version of a service: its image's tag, else the beginning of its digest. Takes image. */}}
{{- define "service.version" -}}
{{- default (.digest | trimPrefix "sha256:" | trunc 12) .tag -}}
{{- end }}

{{/* Security contexts with the profile of the values. Takes root, context (map). */}}
{{- define "service.withSeccomp" -}}
{{- $profile := dict "type" .root.Values.seccomp.type -}}
{{- with .root.Values.seccomp.localhostProfile }}{{ $_ := set $profile "localhostProfile" . }}{{ end -}}
{{- toYaml (set .context "seccompProfile" $profile) -}}
{{- end }}
