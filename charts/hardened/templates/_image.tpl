{{/* repository[:tag][@digest]; without tag and digest the tag is appVersion. Takes image, appVersion. */}}
{{- define "hardened.image" -}}
{{- $tag := .image.tag -}}
{{- if not (or $tag .image.digest) }}{{ $tag = .appVersion }}{{ end -}}
{{- .image.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end }}
