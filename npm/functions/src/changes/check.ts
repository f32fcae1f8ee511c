import type { Diagnostic } from '../errors/errors.js'
import type { SourceForm } from '../store/store.js'

/**
 * Judges a source before it is published: what it finds of severity `'error'` refuses it, the rest is kept with the version.
 * One that does not answer within the `timeout` of the change refuses it.
 *
 * @param source the text
 * @param about whose it is, how it is written, and which names it can require
 */
export type Check = (
  source: string,
  about: { name: string; form: SourceForm; modules: readonly string[] },
) => readonly Diagnostic[] | Promise<readonly Diagnostic[]>
