{{/* Scales the Deployment of the same name by its pods' CPU and, when rps is set, by the requests a second each pod gets (from the custom metrics
     API). Grows at once, at most to the double or by four pods a minute; shrinks to what the whole window needed. Takes root, minReplicas,
     maxReplicas, cpu (percent of the request), scaleDownWindowSeconds and optionally suffix, component, rps, rpsMetric. */}}
{{- define "hardened.autoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "hardened.childName" . }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .cpu }}
    {{- with .rps }}
    - type: Pods
      pods:
        metric:
          name: {{ default "http_requests_per_second" $.rpsMetric }}
        target:
          type: AverageValue
          averageValue: {{ . | toString | quote }}
    {{- end }}
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
      selectPolicy: Max
      policies:
        - type: Percent
          value: 100
          periodSeconds: 60
        - type: Pods
          value: 4
          periodSeconds: 60
    scaleDown:
      stabilizationWindowSeconds: {{ .scaleDownWindowSeconds }}
      policies:
        - type: Percent
          value: 100
          periodSeconds: 60
{{- end }}
