/** templates/service.yaml of a new chart. */
export const serviceFile = `apiVersion: v1
kind: Service
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  ports:
    - port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
      name: http
  selector: {{- include "<CHARTNAME>.selectorLabels" . | nindent 4 }}
`

/** templates/ingress.yaml of a new chart. */
export const ingressFile = `{{- with .Values.ingress }}
{{- if .enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "<CHARTNAME>.fullname" $ }}
  labels: {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .tls }}
  tls:
    {{- range . }}
    - hosts:
        {{- range .hosts }}
        - {{ quote . }}
        {{- end }}
      secretName: {{ .secretName }}
    {{- end }}
  {{- end }}
  rules:
    {{- range .hosts }}
    - host: {{ quote .host }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            {{- with .pathType }}
            pathType: {{ . }}
            {{- end }}
            backend:
              service:
                name: {{ include "<CHARTNAME>.fullname" $ }}
                port:
                  number: {{ $.Values.service.port }}
          {{- end }}
    {{- end }}
{{- end }}
{{- end }}
`

/** templates/httproute.yaml of a new chart. */
export const routeFile = `{{- with .Values.httpRoute }}
{{- if .enabled }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ include "<CHARTNAME>.fullname" $ }}
  labels: {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs: {{- with .parentRefs }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with .hostnames }}
  hostnames: {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range .rules }}
    {{- $lead := "- " }}
    {{- with .matches }}
    {{ $lead }}matches: {{- toYaml . | nindent 8 }}
    {{- $lead = "  " }}
    {{- end }}
    {{- with .filters }}
    {{ $lead }}filters: {{- toYaml . | nindent 8 }}
    {{- $lead = "  " }}
    {{- end }}
    {{ $lead }}backendRefs:
        - name: {{ include "<CHARTNAME>.fullname" $ }}
          port: {{ $.Values.service.port }}
          weight: 1
    {{- end }}
{{- end }}
{{- end }}
`

/** templates/NOTES.txt of a new chart. */
export const notesFile = `{{- $name := include "<CHARTNAME>.fullname" . -}}
{{- $ns := .Release.Namespace -}}
{{ .Chart.Name }} is installed as {{ .Release.Name }}. How to reach it:
{{ if .Values.httpRoute.enabled }}
{{- range .Values.httpRoute.hostnames }}
  http://{{ . }}
{{- else }}
  Look up the host names of the gateway that the route is attached to:
  kubectl get --namespace {{ $ns }} httproute {{ $name }} -o yaml
{{- end }}
{{- else if .Values.ingress.enabled }}
{{- range $host := .Values.ingress.hosts }}
{{- range .paths }}
  http{{ if $.Values.ingress.tls }}s{{ end }}://{{ $host.host }}{{ .path }}
{{- end }}
{{- end }}
{{- else if eq .Values.service.type "NodePort" }}
  Any node's address, and the port that this prints:
  kubectl get --namespace {{ $ns }} service {{ $name }} -o jsonpath='{.spec.ports[0].nodePort}'
{{- else if eq .Values.service.type "LoadBalancer" }}
  The external address appears here once it is assigned (port {{ .Values.service.port }}):
  kubectl get --namespace {{ $ns }} service {{ $name }} --watch
{{- else }}
  kubectl port-forward --namespace {{ $ns }} service/{{ $name }} 8080:{{ .Values.service.port }}
  then open http://127.0.0.1:8080
{{- end }}
`
