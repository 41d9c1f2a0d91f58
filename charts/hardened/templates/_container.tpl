{{/* One container, init or main. Takes root, name, image (map), resources (map), securityContext (map) and optionally command, args,
     env (map of texts, numbers, booleans), secretKeys (map of variables, each a map with secret and key), secrets (names of Secrets whose keys become
     variables), ports (map of numbers), probes, mounts, stopDelaySeconds (time to serve on after the pod was taken out of its Services;
     before Kubernetes 1.30, which lacks the handler, none). */}}
{{- define "hardened.container" -}}
name: {{ .name }}
image: {{ include "hardened.image" (dict "image" .image "appVersion" .root.Chart.AppVersion) | quote }}
imagePullPolicy: {{ .image.pullPolicy }}
{{- range $field := list "command" "args" }}
{{- with index $ $field }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- include "hardened.environment" . }}
{{- with .ports }}
ports:
  {{- range $name, $port := . }}
  - name: {{ $name }}
    containerPort: {{ $port }}
  {{- end }}
{{- end }}
{{- include "hardened.probes" .probes }}
{{- if and .stopDelaySeconds (semverCompare ">=1.30-0" .root.Capabilities.KubeVersion.Version) }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ .stopDelaySeconds }}
{{- end }}
resources:
  {{- toYaml .resources | nindent 2 }}
securityContext:
  {{- toYaml .securityContext | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  {{- toYaml (append (default list .mounts) (dict "name" "tmp" "mountPath" "/tmp")) | nindent 2 }}
{{- end }}

{{/* env and envFrom of a container: one list each, however many entries. Takes env, secretKeys, secrets. */}}
{{- define "hardened.environment" -}}
{{- if or .env .secretKeys }}
env:
  {{- range $name, $value := .env }}
  - name: {{ $name }}
    value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
  {{- end }}
  {{- range $name, $from := .secretKeys }}
  - name: {{ $name }}
    valueFrom:
      secretKeyRef:
        name: {{ $from.secret }}
        key: {{ $from.key }}
  {{- end }}
{{- end }}
{{- with .secrets }}
envFrom:
  {{- range . }}
  - secretRef:
      name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}
