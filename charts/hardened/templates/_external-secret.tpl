{{/* A Secret the External Secrets Operator fills from a store. Takes root, store (map with kind and name), target (name of the Secret),
     refreshInterval, data (list of env, the Secret's key, with remoteKey and optionally property) and optionally suffix, component. */}}
{{- define "hardened.externalSecret" -}}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  refreshInterval: {{ .refreshInterval }}
  secretStoreRef:
    kind: {{ .store.kind }}
    name: {{ .store.name }}
  target:
    name: {{ .target }}
    creationPolicy: Owner
  data:
    {{- range .data }}
    - secretKey: {{ .env }}
      remoteRef:
        key: {{ .remoteKey }}
        {{- with .property }}
        property: {{ . }}
        {{- end }}
    {{- end }}
{{- end }}
