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

{{/* Stops the render, with everything that is wrong at once, when values.secrets is incomplete, still holds the text of the chart's
     example file, or is given beside existingSecret. No value is ever printed. Takes the root context. */}}
{{- define "hardened.requireSecrets" -}}
{{- $example := (.Files.Get "secrets-values.yaml.example" | fromYaml).secrets -}}
{{- $problems := list -}}
{{- range $key, $placeholder := $example -}}
{{- $value := index $.Values.secrets $key -}}
{{- if and $value $.Values.existingSecret -}}
{{- $problems = append $problems (printf "secrets.%s and existingSecret are both set: choose one" $key) -}}
{{- else if and (not $value) (not $.Values.existingSecret) -}}
{{- $problems = append $problems (printf "secrets.%s is empty: set it in secrets-values.yaml and pass -f secrets-values.yaml, or set existingSecret" $key) -}}
{{- else if and $value (eq $value $placeholder) -}}
{{- $problems = append $problems (printf "secrets.%s is still the example placeholder: put the real value into secrets-values.yaml" $key) -}}
{{- end -}}
{{- end -}}
{{- with $problems }}{{ printf "\n%s" (join "\n" .) | fail }}{{ end -}}
{{- end }}
