{{/* A Service for the pods of one component; each of its ports leads to the container port of the same name. Takes root, component, type,
     ports (map of numbers) and optionally suffix, annotations, headless (true: no address of its own, but a name for each pod of a StatefulSet). */}}
{{- define "hardened.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  type: {{ .type }}
  {{- if .headless }}
  clusterIP: None
  {{- end }}
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
