/** values.yaml of a new chart. */
export const valuesFile = `# Defaults of <CHARTNAME>. Override them with -f FILE or --set NAME=VALUE.

# Number of pods; ignored while autoscaling is on.
replicaCount: 1

image:
  repository: nginx
  pullPolicy: IfNotPresent
  # Empty: appVersion of Chart.yaml.
  tag: ""

# Secrets with registry credentials: a list of {name: …}.
imagePullSecrets: []

# Replaces the chart's name within the names of objects.
nameOverride: ""
# Replaces the names of objects altogether.
fullnameOverride: ""

serviceAccount:
  create: true
  # Mount the account's token in pods.
  automount: true
  annotations: {}
  # Empty: the full name when it is created, else "default".
  name: ""

podAnnotations: {}
podLabels: {}

# Security settings of the pod, such as {fsGroup: 2000}.
podSecurityContext: {}

# Security settings of the container, such as {runAsNonRoot: true, readOnlyRootFilesystem: true}.
securityContext: {}

service:
  type: ClusterIP
  # Port of the service and of the container.
  port: 80

ingress:
  enabled: false
  className: ""
  annotations: {}
  hosts:
    - host: chart-example.local
      paths:
        - path: /
          pathType: ImplementationSpecific
  # A list of {secretName: …, hosts: […]}.
  tls: []

# A route of the Gateway API; needs its CRDs and a gateway in the cluster.
httpRoute:
  enabled: false
  annotations: {}
  parentRefs:
    - name: gateway
      sectionName: http
  hostnames:
    - chart-example.local
  # Each rule may have matches and filters; its backend is the chart's service.
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /headers

# Requests and limits, such as {limits: {memory: 128Mi}}. None by default, so that the chart also runs on small clusters.
resources: {}

livenessProbe:
  httpGet:
    path: /
    port: http
readinessProbe:
  httpGet:
    path: /
    port: http

autoscaling:
  enabled: false
  minReplicas: 1
  maxReplicas: 100
  targetCPUUtilizationPercentage: 80
  # targetMemoryUtilizationPercentage: 80

# Volumes of the pod, and where the container mounts them.
volumes: []
volumeMounts: []

nodeSelector: {}
tolerations: []
affinity: {}
`
