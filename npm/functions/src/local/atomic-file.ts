import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Which file it is, and how long. */
export interface WrittenFile {
  readonly ino: number
  readonly size: number
}

/**
 * Writes a file so that whoever reads it finds the old text or the new one: beside it, and then in its place.
 *
 * @param isDurable whether a machine that loses its power has the one or the other too
 */
export async function writeAtomically(
  path: string,
  text: string,
  isDurable: boolean,
): Promise<WrittenFile> {
  await mkdir(dirname(path), { recursive: true })
  // Not the file's own name and more: that may be as long as a name can be.
  const beside = join(dirname(path), `.${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(beside, 'wx')
    let written
    try {
      await file.writeFile(text)
      if (isDurable) await file.sync()
      written = await file.stat()
    } finally {
      await file.close()
    }
    await rename(beside, path)
    return { ino: written.ino, size: written.size }
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
