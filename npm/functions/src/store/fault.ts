import { hashOf } from './hash.js'
import type { FunctionRecord, VersionRef } from './store.js'

/** A version that is needed, and its hash where that is known. */
export interface WantedRecord extends VersionRef {
  readonly hash?: string | null
}

/** What is wrong with a record; `undefined` where it is right. */
export function faultOf(
  wanted: WantedRecord,
  record: FunctionRecord | undefined,
): string | undefined {
  if (record === undefined || record === null) return 'is missing'
  if (record.name !== wanted.name || record.version !== wanted.version) {
    return `is that of ${record.name}@${record.version}`
  }
  if (!isWhole(record)) return 'is no record'
  const hash = hashOf(record)
  if (hash !== record.hash) return 'is not what its hash says'
  if (wanted.hash !== undefined && hash !== wanted.hash) return 'is another than was published'
  return undefined
}

function isWhole({ source, form, requires, warnings, rulesHash }: FunctionRecord): boolean {
  const forms: readonly string[] = ['function', 'commonjs', 'module']
  const isMap =
    isObject(requires) && Object.values(requires).every((key) => typeof key === 'string')
  // Versions that were published before there were rules have neither.
  const isJudged =
    (warnings === undefined || (Array.isArray(warnings) && warnings.every(isObject))) &&
    (rulesHash === undefined || typeof rulesHash === 'string')
  return typeof source === 'string' && forms.includes(form) && isMap && isJudged
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
