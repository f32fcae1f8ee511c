/** Files that a function is in, as far as they are read to tell of a place in one. */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FunctionForm, type ModuleAddress } from '../../protocol.js'
import type { Expression } from '../source.js'

const SOURCE = /\.[cm]?[jt]sx?$/i
/** Longer ones are left alone: the event loop waits while one is read. */
const MOST_BYTES = 4 << 20

/** The path of a script that is a file; `undefined` of any other. */
export function pathOfScript(script: string): string | undefined {
  if (!script.startsWith('file:')) return isAbsolute(script) ? script : undefined
  try {
    return fileURLToPath(script)
  } catch {
    return undefined
  }
}

/**
 * The sources of the package that a function's file is in, without those of the packages that it has installed.
 * A stack is a text of the function's and may name any path, so no other files are read.
 */
export class AuthorFiles {
  readonly #folders: readonly string[]

  /** @param entry the function's file, as an absolute path */
  constructor(entry: string) {
    // Scripts are named by paths without links.
    this.#folders = [...new Set([entry, withoutLinks(entry)].map(packageOf))]
  }

  /** The text of a file, if it is one of these and can be read. */
  textOf(path: string): string | undefined {
    return this.#has(path) ? read(path) : undefined
  }

  /** The text of the source map of a file, which has the file's name with `.map` behind it; as {@link textOf}. */
  mapOf(path: string): string | undefined {
    return this.#has(path) ? read(`${path}.map`) : undefined
  }

  #has(path: string): boolean {
    return SOURCE.test(path) && this.#folders.some((folder) => isSourceIn(folder, path))
  }
}

/** Of functions whose files have been looked at. */
const known = new WeakMap<Expression, AuthorFiles>()

/** Those of a function; `undefined` of one that is in no file. */
export function authorFilesOf(expression: Expression): AuthorFiles | undefined {
  const { form, source } = expression
  if (form !== FunctionForm.Module && form !== FunctionForm.Files) return undefined
  let files = known.get(expression)
  if (files === undefined) {
    files = new AuthorFiles((JSON.parse(source) as ModuleAddress).filename)
    known.set(expression, files)
  }
  return files
}

/** The folder of the package that a file is in, or the file's own. */
function packageOf(file: string): string {
  const own = dirname(file)
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) return own
  }
}

function isSourceIn(folder: string, path: string): boolean {
  const inside = relative(folder, resolve(path))
  if (isAbsolute(inside)) return false
  const names = inside.split(sep)
  return names[0] !== '..' && !names.includes('node_modules')
}

function withoutLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function read(path: string): string | undefined {
  try {
    const found = statSync(path)
    // Who opens a pipe waits for its other end.
    if (!found.isFile() || found.size > MOST_BYTES) return undefined
    const text = readFileSync(path, 'utf8')
    return text.startsWith('\u{feff}') ? text.slice(1) : text
  } catch {
    return undefined
  }
}
