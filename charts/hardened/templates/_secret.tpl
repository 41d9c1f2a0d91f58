{{/* A Secret. Takes root, suffix, data (map of text) and optionally setupWeight. */}}
{{- define "hardened.secret" -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
type: Opaque
stringData:
  {{- toYaml .data | nindent 2 }}
{{- end }}

{{/* What is wrong with values.secrets, one problem a line: incomplete, still a placeholder as example files hold them, or given beside
     existingSecret. No value is ever printed. Takes the root context. */}}
{{- define "hardened.secretProblems" -}}
{{- $example := (.Files.Get "secrets-values.yaml.example" | fromYaml).secrets -}}
{{- $placeholder := `(?i)^\s*((your|replace|insert|enter|put)[-_ ].*|.*[-_ ]here|change[-_ ]?me|<[^>]*>|\$\{[^}]*\}|x{3,}([-_ ]x+)*|\*{3,}|\.{3,}|…|todo|tbd|placeholder)\s*$` -}}
{{- range $key, $_ := $example -}}
{{- $value := index $.Values.secrets $key -}}
{{- if and $value $.Values.existingSecret }}
{{ printf "secrets.%s and existingSecret are both set: choose one" $key }}
{{- else if and (not $value) (not $.Values.existingSecret) }}
{{ printf "secrets.%s is empty: set it in secrets-values.yaml and pass -f secrets-values.yaml, or set existingSecret" $key }}
{{- else if and $value (regexMatch $placeholder (toString $value)) }}
{{ printf "secrets.%s is still a placeholder, as the example file has it: put the real value into secrets-values.yaml" $key }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Annotations of a workload by which Reloader restarts its pods when a Secret changes that someone else keeps: exactly these Secrets, and no
     ConfigMap. Takes the Secrets' names. */}}
{{- define "hardened.reloadAnnotations" -}}
{{- with . }}
secret.reloader.stakater.com/reload: {{ join "," (. | uniq | sortAlpha) | quote }}
{{- end }}
{{- end }}

{{/* For the notes after an install: what happens when a Secret changes that someone else keeps. Takes root, secrets (names), deployment (name). */}}
{{- define "hardened.reloadNotes" -}}
{{- with .secrets }}

When Secret {{ join ", " (. | uniq | sortAlpha) }} changes, Reloader restarts the pods, if the cluster has it. Otherwise restart them yourself:
  kubectl rollout restart -n {{ $.root.Release.Namespace }} deployment/{{ $.deployment }}
{{- end }}
{{- end }}
