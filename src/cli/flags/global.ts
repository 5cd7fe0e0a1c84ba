import {
  boolFlag,
  floatFlag,
  type FlagSpec,
  type FlagSurroundings,
  type FlagValues,
  intFlag,
  stringArrayFlag,
  stringFlag,
  uintFlag,
} from './define.ts'

type PathSetting = 'registryConfig' | 'repositoryConfig' | 'repositoryCache' | 'contentCache'
const pathFrom =
  (key: PathSetting) =>
  (around: FlagSurroundings): string =>
    around.settings[key]
const colorFlag: FlagSpec<string> = stringFlag(
  'when to print in colour: never, auto or always',
  (around) => around.settings.color,
  { complete: () => ({ candidates: ['never', 'auto', 'always'] }) },
)

const unseen = { hidden: true } as const

/** What the Kubernetes client's logging understands; taken, as Helm takes it, and of no effect here. */
const loggingFlags = {
  addDirHeader: boolFlag('', false, unseen),
  alsologtostderr: boolFlag('', false, unseen),
  logBacktraceAt: stringFlag('', '', unseen),
  logDir: stringFlag('', '', unseen),
  logFile: stringFlag('', '', unseen),
  logFileMaxSize: uintFlag('', 1800, unseen),
  logtostderr: boolFlag('', true, unseen),
  oneOutput: boolFlag('', false, unseen),
  skipHeaders: boolFlag('', false, unseen),
  skipLogHeaders: boolFlag('', false, unseen),
  stderrthreshold: stringFlag('', '2', unseen),
  v: intFlag('', 0, { ...unseen, short: 'v' }),
  vmodule: stringFlag('', '', unseen),
} as const

/** The flags that every command takes. As Helm 4's, with its environment variables as defaults. */
export const globalFlags = {
  ...loggingFlags,
  burstLimit: intFlag(
    'how many requests may burst before client-side throttling',
    (around) => around.settings.burstLimit,
  ),
  color: colorFlag,
  colour: colorFlag,
  contentCache: stringFlag('folder in which downloaded content (such as charts) is cached', pathFrom('contentCache')),
  debug: boolFlag('log what happens in detail', (around) => around.settings.debug),
  kubeApiserver: stringFlag('address and port of the Kubernetes API server', (around) => around.settings.kubeApiserver),
  kubeAsGroup: stringArrayFlag(
    'group to act as; repeat it for several groups',
    (around) => around.settings.kubeAsGroup,
  ),
  kubeAsUser: stringFlag('user to act as', (around) => around.settings.kubeAsUser),
  kubeCaFile: stringFlag(
    'certificate authority file of the Kubernetes API server',
    (around) => around.settings.kubeCaFile,
  ),
  kubeContext: stringFlag('context of the kubeconfig to use', (around) => around.settings.kubeContext),
  kubeInsecureSkipTlsVerify: boolFlag(
    'accept any certificate of the Kubernetes API server; this makes the connection insecure',
    (around) => around.settings.kubeInsecureSkipTlsVerify,
  ),
  kubeTlsServerName: stringFlag(
    "server name to expect in the Kubernetes API server's certificate, when it is not the host that is contacted",
    (around) => around.settings.kubeTlsServerName,
  ),
  kubeToken: stringFlag('bearer token to authenticate with', (around) => around.settings.kubeToken),
  kubeconfig: stringFlag('path of the kubeconfig file'),
  namespace: stringFlag('namespace to work in', (around) => around.settings.namespace, { short: 'n' }),
  qps: floatFlag('requests per second to the Kubernetes API, bursts aside', (around) => around.settings.qps),
  registryConfig: stringFlag('path of the file with registry logins', pathFrom('registryConfig')),
  repositoryCache: stringFlag('folder with the cached repository indexes', pathFrom('repositoryCache')),
  repositoryConfig: stringFlag('path of the file with repository names and URLs', pathFrom('repositoryConfig')),
} as const

/** The flags that every command takes, as a type. */
export type GlobalFlags = FlagValues<typeof globalFlags>
