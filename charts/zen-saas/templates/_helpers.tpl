{{/* Stops the render with everything that is missing. Takes the root context. */}}
{{- define "zen-saas.validate" -}}
{{- $v := .Values -}}
{{- $problems := list (include "hardened.resourceProblems" (dict "key" "resources" "resources" $v.resources)) -}}
{{- if not $v.existingSecret }}{{ $problems = append $problems "existingSecret is empty: name a Secret that holds the agent's bootstrap token" }}{{ end -}}
{{- range $key, $given := dict "tenant.id" $v.tenant.id "cluster.id" $v.cluster.id -}}
{{- if not $given }}{{ $problems = append $problems (printf "%s is empty: write what the agent's values say" $key) }}{{ end -}}
{{- end -}}
{{- if and $v.service.adminNodePort $v.networkPolicy.enabled (not $v.networkPolicy.adminCIDRs) -}}
{{- $problems = append $problems (printf "networkPolicy.adminCIDRs is empty while service.adminNodePort is %d: nobody would reach the admin page; name the networks its callers and the nodes are in (kubectl get nodes -o wide), and none of pods, such as [172.18.0.0/16]" (int $v.service.adminNodePort)) -}}
{{- end -}}
{{- if and $v.tls.responderSecret (not $v.tls.existingSecret) -}}
{{- $problems = append $problems "tls.responderSecret is set and tls.existingSecret is not: without TLS nothing is stapled" -}}
{{- end -}}
{{- if $v.git.enabled -}}
{{- $problems = append $problems (include "hardened.resourceProblems" (dict "key" "git.resources" "resources" $v.git.resources)) -}}
{{- if not $v.git.existingSecret }}{{ $problems = append $problems "git.existingSecret is empty: name a Secret with username and password" }}{{ end -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}

{{/* A volume of a Secret, and where it is mounted, as a map of lists volumes and mounts; both empty without a Secret. Takes name, secret. */}}
{{- define "zen-saas.files" -}}
{{- if .secret -}}
volumes:
  - name: {{ .name }}
    secret:
      secretName: {{ .secret }}
mounts:
  - name: {{ .name }}
    mountPath: /etc/zen/{{ .name }}
    readOnly: true
{{- else -}}
volumes: []
mounts: []
{{- end -}}
{{- end }}

{{/* What only agents of the named namespaces reach, and the admin port at which node ports arrive. No pod reaches that by the pod's address: who posts there approves remediations.
     Takes namespaces (list), port, and optionally admin (port), nodes (list of networks). */}}
{{- define "zen-saas.ingress" -}}
{{- range .namespaces }}
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ . }}
      podSelector:
        matchLabels:
          app.kubernetes.io/component: agent
  ports:
    - protocol: TCP
      port: {{ $.port }}
{{- end }}
{{- if .admin }}
- from:
    {{- range .nodes }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  ports:
    - protocol: TCP
      port: {{ .admin }}
{{- end }}
{{- end }}
