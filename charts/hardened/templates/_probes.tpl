{{/* Probes of a container. Takes for each probe wanted, startup, readiness, liveness, a map of timings; it asks over HTTP at path and port (name),
     its own or those given for all, or runs its command, or asks over gRPC (map with port, service: gRPC's own health protocol). */}}
{{- define "hardened.probes" -}}
{{- range $kind := list "startup" "readiness" "liveness" }}
{{- with index (default dict $) $kind }}
{{ $kind }}Probe:
  {{- if .command }}
  exec:
    command:
      {{- toYaml .command | nindent 6 }}
  {{- else if .grpc }}
  grpc:
    {{- toYaml .grpc | nindent 4 }}
  {{- else }}
  httpGet:
    path: {{ default $.path .path }}
    port: {{ default $.port .port }}
  {{- end }}
  {{- with omit . "path" "port" "command" "grpc" }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
