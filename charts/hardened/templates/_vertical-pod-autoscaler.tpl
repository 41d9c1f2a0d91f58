{{/* Recommends requests for the Deployment of the same name and changes none: a second autoscaler would work against the first. Takes root,
     minAllowed, maxAllowed (maps of cpu and memory) and optionally suffix, component. */}}
{{- define "hardened.verticalPodAutoscaler" -}}
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  targetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "hardened.childName" . }}
  updatePolicy:
    updateMode: "Off"
  resourcePolicy:
    containerPolicies:
      - containerName: "*"
        controlledResources: [cpu, memory]
        minAllowed:
          {{- toYaml .minAllowed | nindent 10 }}
        maxAllowed:
          {{- toYaml .maxAllowed | nindent 10 }}
{{- end }}
