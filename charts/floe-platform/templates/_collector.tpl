{{/* Configuration of the collector: a gateway for all of the namespace. Takes the root context. */}}
{{- define "floe-platform.collector" -}}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
      http:
        endpoint: 0.0.0.0:4318
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 20
  batch: {}
exporters:
  {{- if .Values.otel.endpoint }}
  otlphttp:
    endpoint: {{ .Values.otel.endpoint | quote }}
  {{- else }}
  debug: {}
  {{- end }}
service:
  extensions: [health_check]
  telemetry:
    metrics:
      readers:
        - pull:
            exporter:
              prometheus:
                host: 0.0.0.0
                port: 8888
  pipelines:
    {{- range list "traces" "metrics" "logs" }}
    {{ . }}:
      receivers: [otlp]
      processors: [memory_limiter, batch]
      exporters: [{{ ternary "otlphttp" "debug" (ne $.Values.otel.endpoint "") }}]
    {{- end }}
{{- end }}
