{{/* What is given to the templates of the library, by object; each has the key of the values it comes from. Takes the root context. The root is added
     where it is used: it cannot be returned as text. */}}
{{- define "stateful-service.given" -}}
{{- $v := .Values -}}
{{- $name := include "hardened.fullname" . -}}
{{- $service := printf "%s.%s.svc" $name .Release.Namespace -}}
accounts:
  key: subjects
  subjects:
    - name: {{ $name }}
role:
  # the pods agree by a Lease which of them leads
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    resourceNames: [{{ $name }}]
    verbs: [get, watch, update]
  # a name is not known yet when an object is created
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    verbs: [create]
clusterRole:
  # what a volume of a class can do
  - apiGroups: [storage.k8s.io]
    resources: [storageclasses]
    verbs: [get, list, watch]
issuer:
  key: certificate.issuer
  suffix: ca
  served: {{ $v.certificate.served }}
  issuer:
    ca:
      secretName: {{ $v.certificate.caSecret | quote }}
certificate:
  key: certificate
  suffix: tls
  served: {{ $v.certificate.served }}
  issuer:
    kind: Issuer
    name: {{ include "hardened.childName" (dict "root" . "suffix" "ca") }}
  dnsNames: [{{ $service }}, {{ printf "*.%s" $service | quote }}]
  duration: {{ $v.certificate.duration }}
  renewBefore: {{ $v.certificate.renewBefore }}
claim:
  suffix: archive
  component: store
  pods: {{ $v.replicas }}
  {{- omit $v.archive "enabled" | toYaml | nindent 2 }}
quota:
  key: quota
  hard:
    {{- toYaml $v.quota.hard | nindent 4 }}
  defaults:
    {{- omit $v.quota.limitRange "max" | toYaml | nindent 4 }}
  workloads:
    - pods: {{ $v.replicas }}
      claims:
        - {{- toYaml $v.storage | nindent 10 }}
      resources:
        {{- toYaml $v.resources | nindent 8 }}
    # the pod of the test
    - pods: 1
      resources:
        {{- toYaml $v.resources | nindent 8 }}
  {{- if $v.archive.enabled }}
  claims:
    - {{- omit $v.archive "enabled" | toYaml | nindent 6 }}
  {{- end }}
limitRange:
  key: quota.limitRange
  resources:
    {{- omit $v.quota.limitRange "max" | toYaml | nindent 4 }}
  max:
    {{- toYaml $v.quota.limitRange.max | nindent 4 }}
  # the pod of the test has the same
  containers:
    resources:
      {{- toYaml $v.resources | nindent 6 }}
statefulSet:
  component: store
  replicas: {{ $v.replicas }}
  minReadySeconds: 10
  podAnnotations:
    hardened.pulumi/service-account-token: its pods agree by a Lease which of them leads
  claims:
    - name: data
      {{- toYaml $v.storage | nindent 6 }}
{{- end }}

{{/* Where names are resolved: the destinations named dns, and those of its port. Takes the root context. */}}
{{- define "stateful-service.dns" -}}
{{- $dns := dict -}}
{{- range $name, $destination := .Values.networkPolicy.destinations -}}
{{- if and $destination (or (eq $name "dns") (eq (int $destination.port) 53)) }}{{ $_ := set $dns $name $destination }}{{ end -}}
{{- end -}}
{{- toYaml $dns -}}
{{- end }}
