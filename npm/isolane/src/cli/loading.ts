/** Modules of the user's on their way. */

import { CommandError } from './exit-codes.js'

/**
 * What `loading` gives. Node ends a process in which nothing is left to wait for, also where a module still
 * waits: nobody would be told, and the exit code would say that all is well.
 *
 * @throws {CommandError} where that is so
 */
export async function loaded<T>(loading: Promise<T>, file: string, exitCode: number): Promise<T> {
  const error = new CommandError(exitCode, `Cannot load ${file}: it never finished loading`, {
    hint: 'An await at its top, or at that of a module that it imports, waits for what never comes',
  })
  let giveUp!: () => void
  const never = new Promise<never>((_, reject) => (giveUp = () => reject(error)))
  process.once('beforeExit', giveUp)
  try {
    return await Promise.race([loading, never])
  } finally {
    process.removeListener('beforeExit', giveUp)
  }
}
