import { createHash } from 'node:crypto'

import { wrong } from '../errors/errors.js'
import type { FunctionRecord } from './store.js'

/**
 * What a version is, as one number: its text, how that is read, and which functions it means by its
 * specifiers. Names, notes and tags are not in it. By way of JSON, so that texts with lone surrogates, which
 * UTF-8 cannot tell apart, differ.
 *
 * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`
 */
export function hashOf(record: Pick<FunctionRecord, 'source' | 'form' | 'requires'>): string {
  const { source, form, requires } = (record ?? {}) as Partial<typeof record>
  if (
    typeof source !== 'string' ||
    typeof form !== 'string' ||
    typeof requires !== 'object' ||
    requires === null
  ) {
    throw wrong('record', 'what has source, form and requires', record)
  }
  const pairs = Object.entries(requires).sort(([one], [other]) => (one < other ? -1 : 1))
  return sha256(JSON.stringify([source, form, pairs]))
}

/** SHA-256 of a text, in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
