import type { Host } from '../base/index.ts'
import type { GoCallable } from '../go/index.ts'
import { aesFunctions } from './crypto/aes.ts'
import { certificateFunctions } from './crypto/certificates.ts'
import { hashFunctions } from './crypto/hash.ts'
import { keyFunctions } from './crypto/keys.ts'
import { passwordFunctions } from './crypto/password.ts'
import { jsonFunctions, serializeFunctions } from './helm/serialize.ts'
import type { FunctionTable } from './signature.ts'
import { casingFunctions } from './sprig/casing.ts'
import { dateFunctions } from './sprig/dates.ts'
import { defaultFunctions } from './sprig/defaults.ts'
import { dictFunctions } from './sprig/dicts.ts'
import { encodingFunctions } from './sprig/encoding.ts'
import { listFunctions } from './sprig/lists.ts'
import { networkFunctions } from './sprig/network.ts'
import { numericFunctions } from './sprig/numeric.ts'
import { pathFunctions } from './sprig/paths.ts'
import { randomFunctions } from './sprig/random.ts'
import { reflectionFunctions } from './sprig/reflection.ts'
import { regexFunctions } from './sprig/regex.ts'
import { semverFunctions } from './sprig/semver.ts'
import { stringFunctions } from './sprig/strings.ts'
import { surroundingFunctions } from './sprig/surroundings.ts'
import { urlFunctions } from './sprig/urls.ts'

/**
 * Every function that Helm gives to templates except those that need the renderer (`include`, `tpl`, `required`, `lookup`; `fail`) and
 * the builtins of the template language. `env` and `expandenv` are left out, as in Helm. Nothing random or slow happens before a function is called.
 */
export function createFunctionMap(host: Pick<Host, 'clock' | 'random' | 'slowKey'>): Map<string, GoCallable> {
  return merged([...sprigTables(host), serializeFunctions])
}

/** The functions of sprig alone, the environment among them, for templates that belong to no chart. */
export function createSprigMap(host: Host): Map<string, GoCallable> {
  return merged([...sprigTables(host), surroundingFunctions(host)])
}

function merged(tables: readonly FunctionTable[]): Map<string, GoCallable> {
  return new Map(tables.flatMap((table) => Object.entries(table)))
}

function sprigTables(host: Pick<Host, 'clock' | 'random' | 'slowKey'>): readonly FunctionTable[] {
  return [
    stringFunctions,
    casingFunctions,
    listFunctions,
    dictFunctions,
    defaultFunctions,
    numericFunctions,
    dateFunctions(host.clock),
    encodingFunctions,
    pathFunctions,
    regexFunctions,
    semverFunctions,
    urlFunctions,
    reflectionFunctions,
    randomFunctions(host.random),
    networkFunctions(host.random),
    hashFunctions,
    passwordFunctions(host.random),
    aesFunctions(host.random),
    keyFunctions(host),
    certificateFunctions(host),
    jsonFunctions,
  ]
}
