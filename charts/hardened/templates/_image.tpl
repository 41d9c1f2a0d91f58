{{/* repository[:tag][@digest]; without tag and digest the tag is appVersion, and without that there is no image. A digest of one digit repeated is a
     placeholder, and refused. Takes image, appVersion. */}}
{{- define "hardened.image" -}}
{{- if regexMatch `^sha256:(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|a+|b+|c+|d+|e+|f+)$` (.image.digest | default "") }}
{{- fail (printf "image %s: one digit repeated is no image's digest; put that of the release you run: crane digest IMAGE prints it" .image.repository) }}
{{- end -}}
{{- $tag := .image.tag -}}
{{- if not (or $tag .image.digest) }}{{ $tag = required "image.tag and image.digest are empty and the chart has no appVersion: set one of them" .appVersion }}{{ end -}}
{{- .image.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end }}
