/** The files of a function: its own, and those that it imports. */

import { realpath } from 'node:fs/promises'
import { formOfFile, textOfFile } from '../../check/source-file.js'
import { resolveFile } from './resolution.js'
import { specifiersOf } from './specifiers.js'

/** A file of a function. */
export interface ProgramFile {
  /** Absolute, without links. */
  path: string
  text: string
  /** How it is to be read, where its name says so. */
  form: 'commonjs' | 'module' | undefined
}

/** What holds no source. */
const OTHER = /\.(?:json|node|wasm)$/i
const INSTALLED = /[\\/]node_modules[\\/]/

/**
 * The file at `entry`, and all that it imports by names that are not computed, without what is installed in
 * `node_modules`. What cannot be found or read is left out: whoever loads the function says why that cannot be.
 */
export async function programOf(entry: string): Promise<ProgramFile[]> {
  const files: ProgramFile[] = []
  const paths = new Set([await realpath(entry).catch(() => entry)])
  for (const path of paths) {
    const text = await textOfFile(path).catch(() => undefined)
    if (text === undefined) continue
    const form = formOfFile(path)
    files.push({ path, text, form })
    for (const specifier of await specifiersOf(path, text, form)) {
      const found = await resolveFile(specifier, path)
      if (found !== undefined && !OTHER.test(found) && !INSTALLED.test(found)) paths.add(found)
    }
  }
  return files
}
