{{/* A Service for the pods of one component; each of its ports leads to the container port of the same name. Takes root, component, type,
     ports (map of numbers) and optionally suffix, annotations. */}}
{{- define "hardened.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  type: {{ .type }}
  selector:
    {{- include "hardened.componentLabels" . | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - name: {{ $name }}
      port: {{ $port }}
      targetPort: {{ $name }}
      protocol: TCP
    {{- end }}
{{- end }}
