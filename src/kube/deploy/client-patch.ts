import type { Client } from '../client.ts'
import { KubeClientError } from '../errors.ts'
import type { ResourceInfo } from '../resources/info.ts'
import type { UpdateOptions } from './options.ts'

/** Changes an object by a patch that is computed here, from the old manifest, the new one and the live object. */
export async function patchClientSide(
  _client: Client,
  _original: ResourceInfo,
  target: ResourceInfo,
  _options: UpdateOptions,
): Promise<void> {
  throw new KubeClientError('CONFIGURATION', `client-side apply of ${target.name} is not available`)
}
