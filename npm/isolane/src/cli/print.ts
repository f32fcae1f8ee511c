/** Texts for standard output. */

import { openOutput, ReaderLeft } from './output.js'

/**
 * Writes all of a text to standard output. Whoever reads it may leave before its end, as `head` does.
 *
 * @throws {CommandError} where it cannot be written
 */
export async function print(text: string): Promise<void> {
  const output = await openOutput(undefined)
  try {
    await output.write(Buffer.from(text))
  } catch (error) {
    if (!(error instanceof ReaderLeft)) throw error
  }
}
