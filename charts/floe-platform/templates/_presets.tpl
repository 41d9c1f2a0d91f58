{{/* Resources by preset and part, as requests and limits: CPU, memory, most CPU, most memory. */}}
{{- define "floe-platform.presets" -}}
small:
  webserver: ["100m", "256Mi", "1", "512Mi"]
  daemon: ["100m", "192Mi", "1", "512Mi"]
  code: ["50m", "192Mi", "1", "512Mi"]
  run: ["100m", "192Mi", "1", "512Mi"]
  otel: ["50m", "64Mi", "500m", "192Mi"]
  postgresql: ["100m", "128Mi", "1", "512Mi"]
  minio: ["100m", "256Mi", "1", "768Mi"]
  polaris: ["100m", "512Mi", "1", "1Gi"]
  marquez: ["50m", "64Mi", "500m", "256Mi"]
medium:
  webserver: ["250m", "512Mi", "2", "1Gi"]
  daemon: ["250m", "384Mi", "1", "1Gi"]
  code: ["100m", "256Mi", "2", "1Gi"]
  run: ["250m", "384Mi", "2", "1Gi"]
  otel: ["100m", "128Mi", "1", "512Mi"]
  postgresql: ["250m", "512Mi", "2", "1Gi"]
  minio: ["250m", "512Mi", "2", "1Gi"]
  polaris: ["250m", "1Gi", "2", "2Gi"]
  marquez: ["100m", "128Mi", "1", "512Mi"]
large:
  webserver: ["500m", "1Gi", "2", "2Gi"]
  daemon: ["500m", "768Mi", "2", "2Gi"]
  code: ["250m", "512Mi", "4", "2Gi"]
  run: ["500m", "768Mi", "4", "2Gi"]
  otel: ["250m", "256Mi", "2", "1Gi"]
  postgresql: ["1", "2Gi", "4", "4Gi"]
  minio: ["500m", "1Gi", "4", "2Gi"]
  polaris: ["500m", "2Gi", "4", "4Gi"]
  marquez: ["250m", "256Mi", "2", "1Gi"]
{{- end }}

{{/* Resources of a part: its own, else those of the preset. Takes root, part, given (map). */}}
{{- define "floe-platform.resources" -}}
{{- if .given -}}
{{- toYaml .given -}}
{{- else -}}
{{- $amounts := index (include "floe-platform.presets" . | fromYaml) .root.Values.resourcePreset | default dict -}}
{{- with index $amounts .part -}}
requests: {cpu: {{ index . 0 | quote }}, memory: {{ index . 1 | quote }}}
limits: {cpu: {{ index . 2 | quote }}, memory: {{ index . 3 | quote }}}
{{- end -}}
{{- end -}}
{{- end }}
