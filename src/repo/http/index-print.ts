import { metadataRecord } from '../../chart/index.ts'
import { emitYamlFromJson } from '../../encoding/index.ts'
import { type PrintedValue, printStructJson } from '../struct-json.ts'
import type { ChartVersion } from './chart-version.ts'
import type { IndexFile } from './index-model.ts'

/** An index as `repo index` writes it: YAML with sorted keys. */
export function indexYaml(index: IndexFile): string {
  return emitYamlFromJson(indexRecord(index))
}

/** An index as `repo index --json` writes it: fields in the order of Helm's types, two blanks of indentation. */
export function indexJson(index: IndexFile): string {
  return printStructJson(indexRecord(index), '  ')
}

function indexRecord(index: IndexFile): PrintedValue {
  const names = [...index.entries.keys()].sort()
  return {
    ...(index.serverInfo === undefined || index.serverInfo === null
      ? {}
      : { serverInfo: index.serverInfo as PrintedValue }),
    apiVersion: index.apiVersion,
    generated: index.generated,
    entries: Object.fromEntries(names.map((name) => [name, (index.entries.get(name) ?? []).map(entryRecord)])),
    ...(index.publicKeys.length === 0 ? {} : { publicKeys: [...index.publicKeys] }),
    ...(index.annotations === undefined || index.annotations.size === 0
      ? {}
      : { annotations: Object.fromEntries([...index.annotations].sort(([a], [b]) => (a < b ? -1 : 1))) }),
  }
}

function entryRecord(entry: ChartVersion): PrintedValue {
  return {
    ...metadataRecord(entry.metadata),
    urls: entry.urls === null ? null : [...entry.urls],
    created: entry.created,
    ...(entry.removed ? { removed: true } : {}),
    ...(entry.digest === '' ? {} : { digest: entry.digest }),
  }
}
