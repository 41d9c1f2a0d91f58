{{/* repository[:tag][@digest]; without tag and digest the tag is appVersion, and without that there is no image. Takes image, appVersion. */}}
{{- define "hardened.image" -}}
{{- $tag := .image.tag -}}
{{- if not (or $tag .image.digest) }}{{ $tag = required "image.tag and image.digest are empty and the chart has no appVersion: set one of them" .appVersion }}{{ end -}}
{{- .image.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end }}
