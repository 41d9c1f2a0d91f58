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
