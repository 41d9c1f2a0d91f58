{{/* HTTP probes of a container. Takes path, port (name) and, for each probe wanted, startup, readiness, liveness: maps of timings. */}}
{{- define "hardened.probes" -}}
{{- range $kind := list "startup" "readiness" "liveness" }}
{{- with index (default dict $) $kind }}
{{ $kind }}Probe:
  httpGet:
    path: {{ $.path }}
    port: {{ $.port }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
