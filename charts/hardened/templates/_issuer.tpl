{{/* Who signs the certificates of a namespace, through cert-manager. Takes root, issuer (map with one of acme, ca, vault, venafi, as cert-manager writes
     it) and optionally suffix, component, annotations, served (true: the cluster is not asked for cert-manager), key (its path in the values). */}}
{{- define "hardened.issuer" -}}
{{- include "hardened.validate" (list (include "hardened.issuerProblems" .)) -}}
apiVersion: cert-manager.io/v1
kind: Issuer
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
spec:
  {{- toYaml .issuer | nindent 2 }}
{{- end }}

{{/* What is wrong with an issuer, one problem a line. One that signs with the certificate's own key is none: a client cannot tell such a certificate from
     a forged one. Takes what hardened.issuer takes. */}}
{{- define "hardened.issuerProblems" -}}
{{- $key := default "issuer" .key -}}
{{- include "hardened.apiProblem" (dict "root" .root "key" $key "api" "cert-manager.io/v1" "from" "cert-manager" "served" .served) -}}
{{- $kinds := keys (default dict .issuer) | sortAlpha -}}
{{- if has "selfSigned" $kinds }}
{{ printf "%s.selfSigned: clients cannot tell such certificates from forged ones; sign with a CA (ca.secretName)" $key }}
{{- else if ne (len $kinds) 1 }}
{{ printf "%s names %d ways to sign (%s); name one of acme, ca, vault, venafi" $key (len $kinds) (join ", " $kinds) }}
{{- else }}
{{- include "hardened.choiceProblem" (dict "key" $key "given" (first $kinds) "allowed" (list "acme" "ca" "vault" "venafi")) -}}
{{- end -}}
{{- end }}
