{{/*
Image reference of (dict "image" .Values.image "context" $): the chart's own registry wins over the global one.
*/}}
{{- define "kit.image" -}}
{{- $registry := .image.registry | default .context.Values.global.imageRegistry -}}
{{- $tag := .image.tag | default .context.Chart.AppVersion | toString -}}
{{- if $registry -}}
{{ printf "%s/%s:%s" $registry .image.repository $tag }}
{{- else -}}
{{ printf "%s:%s" .image.repository $tag }}
{{- end -}}
{{- end }}

{{/* Readiness and liveness of (dict "path" "/healthz" "port" "http"). */}}
{{- define "kit.httpProbes" -}}
readinessProbe:
  httpGet:
    path: {{ .path }}
    port: {{ .port }}
  periodSeconds: 5
livenessProbe:
  httpGet:
    path: {{ .path }}
    port: {{ .port }}
  initialDelaySeconds: 10
  periodSeconds: 10
  failureThreshold: 6
{{- end }}

{{/* A container that can neither become root nor gain rights. */}}
{{- define "kit.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop:
    - ALL
{{- end }}
