{{/* A certificate that cert-manager keeps in a Secret, with a new key at each renewal. Takes root, issuer (map with kind and name), dnsNames (list),
     duration, renewBefore (such as 2160h and 720h) and optionally suffix, component, annotations, secretName (its own name without), usages (list; those of
     a server without), served (true: the cluster is not asked for cert-manager), key (its path in the values). */}}
{{- define "hardened.certificate" -}}
{{- include "hardened.validate" (list (include "hardened.certificateProblems" .)) -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  secretName: {{ default (include "hardened.childName" .) .secretName }}
  issuerRef:
    group: cert-manager.io
    kind: {{ .issuer.kind }}
    name: {{ .issuer.name }}
  dnsNames:
    {{- toYaml .dnsNames | nindent 4 }}
  duration: {{ .duration }}
  renewBefore: {{ .renewBefore }}
  usages:
    {{- toYaml (default (list "digital signature" "server auth") .usages) | nindent 4 }}
  privateKey:
    algorithm: ECDSA
    size: 256
    encoding: PKCS8
    rotationPolicy: Always
  revisionHistoryLimit: 1
{{- end }}

{{/* What is wrong with a certificate, one problem a line. Takes what hardened.certificate takes. */}}
{{- define "hardened.certificateProblems" -}}
{{- $key := default "certificate" .key -}}
{{- include "hardened.apiProblem" (dict "root" .root "key" $key "api" "cert-manager.io/v1" "from" "cert-manager" "served" .served) -}}
{{- $issuer := default dict .issuer -}}
{{- include "hardened.choiceProblem" (dict "key" (printf "%s.issuer.kind" $key) "given" $issuer.kind "allowed" (list "Issuer" "ClusterIssuer")) -}}
{{- if not $issuer.name }}
{{ printf "%s.issuer.name is missing; name who signs" $key }}
{{- end -}}
{{- if not .dnsNames }}
{{ printf "%s.dnsNames is empty: the certificate is for no name; name the Service as its clients do" $key }}
{{- end -}}
{{- $seconds := dict -}}
{{- range $field, $least := dict "duration" 3600 "renewBefore" 300 -}}
{{- $given := index $ $field -}}
{{- $of := include "hardened.seconds" $given | float64 -}}
{{- if lt $of (float64 $least) }}
{{ printf "%s.%s (%s) is no time of at least %d s; write hours, such as \"720h\"" $key $field (toJson $given) $least }}
{{- else }}{{ $_ := set $seconds $field $of }}{{ end -}}
{{- end -}}
{{- if and (eq (len $seconds) 2) (ge $seconds.renewBefore $seconds.duration) }}
{{ printf "%s.renewBefore (%s) is not below %s.duration (%s): it would be renewed without end; lower it" $key .renewBefore $key .duration }}
{{- else if and (eq (len $seconds) 2) (gt (mulf 3 $seconds.renewBefore) (mulf 2 $seconds.duration)) }}
{{ printf "%s.renewBefore (%s) is above two thirds of %s.duration (%s): each certificate would be renewed almost as soon as it is there; lower it" $key .renewBefore $key .duration }}
{{- end -}}
{{- $usages := list "digital signature" "content commitment" "key encipherment" "data encipherment" "key agreement" "server auth" "client auth" -}}
{{- range $index, $usage := .usages -}}
{{- include "hardened.choiceProblem" (dict "key" (printf "%s.usages[%d]" $key $index) "given" $usage "allowed" $usages) -}}
{{- end -}}
{{- end }}

{{/* A time as Go writes it, such as 1h30m, in seconds; 0 for what is none. Takes the text. */}}
{{- define "hardened.seconds" -}}
{{- $sum := 0.0 -}}
{{- if and (kindIs "string" .) (regexMatch "^([0-9]+(h|m|s))+$" (toString .)) -}}
{{- range regexFindAll "[0-9]+(h|m|s)" . -1 -}}
{{- $sum = addf $sum (mulf (regexFind "^[0-9]+" . | float64) (index (dict "h" 3600.0 "m" 60.0 "s" 1.0) (regexFind ".$" .))) -}}
{{- end -}}
{{- end -}}
{{- $sum -}}
{{- end }}
