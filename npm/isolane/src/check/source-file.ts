/** Files with sources, as they come to the checker. */

import { open, stat, type FileHandle } from 'node:fs/promises'
import { extname } from 'node:path'

/** What is longer is refused by the addon, so no more is read. */
const MOST_BYTES = (4 << 20) + 1

const FORM_OF: Readonly<Record<string, 'commonjs' | 'module'>> = {
  '.mjs': 'module',
  '.mts': 'module',
  '.cjs': 'commonjs',
  '.cts': 'commonjs',
}

/** How a file is to be read, where its name says so. */
export function formOfFile(path: string): 'commonjs' | 'module' | undefined {
  return FORM_OF[extname(path).toLowerCase()]
}

/** What is no UTF-8 becomes a replacement character, as it does where Node loads a module. */
export async function textOfFile(path: string): Promise<string> {
  // Who opens a pipe waits for its other end.
  if (!(await stat(path)).isFile()) throw new Error(`${path} is no regular file`)
  const file = await open(path)
  try {
    return (await bytesOf(file)).toString('utf8')
  } finally {
    await file.close()
  }
}

async function bytesOf(file: FileHandle): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let left = MOST_BYTES; left > 0;) {
    const piece = Buffer.allocUnsafeSlow(Math.min(left, 1 << 20))
    const { bytesRead } = await file.read(piece, 0, piece.length)
    if (bytesRead === 0) break
    pieces.push(piece.subarray(0, bytesRead))
    left -= bytesRead
  }
  return Buffer.concat(pieces)
}
