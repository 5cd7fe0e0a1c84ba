/** The fields of EnvVar that components of the cluster read or write. */
export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    configMapKeyRef?: { name?: string; key: string; optional?: boolean }
    secretKeyRef?: { name?: string; key: string; optional?: boolean }
    fieldRef?: { fieldPath: string }
    resourceFieldRef?: ResourceFieldRef
  }
}

/** The fields of ResourceFieldSelector that components of the cluster read or write. */
export interface ResourceFieldRef {
  containerName?: string
  resource: string
  divisor?: string
}

/** The fields of VolumeMount that components of the cluster read or write. */
export interface VolumeMount {
  name: string
  mountPath: string
  subPath?: string
  subPathExpr?: string
  readOnly?: boolean
}

/** The fields of Container that components of the cluster read or write. */
export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  imagePullPolicy?: string
  restartPolicy?: string
  ports?: { name?: string; containerPort: number; hostPort?: number; hostIP?: string; protocol?: string }[]
  env?: EnvVar[]
  envFrom?: {
    prefix?: string
    configMapRef?: { name?: string; optional?: boolean }
    secretRef?: { name?: string; optional?: boolean }
  }[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  readinessProbe?: Probe
  startupProbe?: Probe
  livenessProbe?: Probe
  lifecycle?: { preStop?: { sleep?: { seconds: number } } }
  volumeMounts?: VolumeMount[]
  workingDir?: string
  stdin?: boolean
  tty?: boolean
}

/** The fields of Probe that components of the cluster read or write. */
export interface Probe {
  initialDelaySeconds?: number
  periodSeconds?: number
  failureThreshold?: number
  httpGet?: object
  tcpSocket?: object
  grpc?: object
}

/** The fields of ContainerState that components of the cluster read or write. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: {
    exitCode: number
    reason?: string
    message?: string
    startedAt?: string
    finishedAt?: string
    containerID?: string
  }
}

/** The fields of ContainerStatus that components of the cluster read or write. */
export interface ContainerStatus {
  name: string
  state?: ContainerState
  lastState?: ContainerState
  ready: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
  started?: boolean
}
