{{/* An Ingress to the Service of the same name. Takes root, port (of the Service), hosts (list of host and paths with path and pathType), and
     optionally suffix, component, className, annotations, tls (list of hosts and secretName). */}}
{{- define "hardened.ingress" -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  {{- with .className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .tls }}
  tls:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range .hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path | quote }}
            pathType: {{ .pathType }}
            backend:
              service:
                name: {{ include "hardened.childName" $ }}
                port:
                  number: {{ $.port }}
          {{- end }}
    {{- end }}
{{- end }}

{{/* The addresses an Ingress answers at, one a line: https for hosts a certificate is for. Takes hosts, tls. */}}
{{- define "hardened.ingressAddresses" -}}
{{- $lines := list -}}
{{- range .hosts -}}
{{- $host := .host -}}
{{- $scheme := "http" -}}
{{- range $.tls }}{{ range .hosts }}{{ if include "hardened.coversHost" (list . $host) }}{{ $scheme = "https" }}{{ end }}{{ end }}{{ end -}}
{{- range .paths }}{{ $lines = append $lines (printf "%s://%s%s" $scheme $host .path) }}{{ end -}}
{{- end -}}
{{- join "\n" $lines }}
{{- end }}

{{/* Not empty when a certificate's host, such as *.example.com, is good for a host: it stands for one part. Takes a list: the certificate's, the host. */}}
{{- define "hardened.coversHost" -}}
{{- if has (first .) (list (last .) (regexReplaceAll `^[^.]+` (last .) "*")) }}yes{{ end -}}
{{- end }}
