/** From a specifier in a file to the file that is meant, as far as no package is looked into. */

import { readFile, realpath, stat } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What may be left out, in the order in which the v8 engine tries it; `crates/isolane-files/src/resolver.rs`. */
const ENDINGS = ['.js', '.json', '.cjs', '.mjs', '.ts', '.cts', '.mts']
const RELATIVE = /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|file:)/
/** What a URL has behind its path. */
const QUERY = /[?#].*$/

/** The path, without links, of what the file at `from` means by a specifier; `undefined` for nothing, and for a module of Node's. */
export async function resolveFile(specifier: string, from: string): Promise<string | undefined> {
  if (!RELATIVE.test(specifier)) return resolvePackage(specifier, from)
  const path = pathOf(specifier, dirname(from))
  const found = path && ((await fileAt(path)) ?? (await fileAt(path.replace(QUERY, ''))))
  return found && realpath(found)
}

/** A file of a package, which may be that of `from`, or one that is linked and not installed. */
async function resolvePackage(specifier: string, from: string): Promise<string | undefined> {
  if (isBuiltin(specifier)) return undefined
  try {
    return await realpath(createRequire(from).resolve(specifier))
  } catch {
    return undefined
  }
}

function pathOf(specifier: string, folder: string): string | undefined {
  if (!specifier.startsWith('file:')) return resolve(folder, specifier)
  try {
    return fileURLToPath(specifier)
  } catch {
    return undefined
  }
}

async function fileAt(path: string): Promise<string | undefined> {
  const found = await fileNamed(path)
  if (found !== undefined) return found
  const main = await mainOf(path)
  const named = main && ((await fileNamed(main)) ?? (await fileNamed(join(main, 'index'))))
  return named ?? fileNamed(join(path, 'index'))
}

async function fileNamed(path: string): Promise<string | undefined> {
  const typed = path.replace(/\.([cm]?)js$/, '.$1ts')
  for (const each of [path, typed, ...ENDINGS.map((ending) => path + ending)]) {
    const found = await stat(each).catch(() => undefined)
    if (found?.isFile()) return each
  }
  return undefined
}

/** What the package in a folder says that it is. */
async function mainOf(folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(folder, 'package.json'), 'utf8')
    const { browser, main } = JSON.parse(text) as Record<string, unknown>
    const named = [browser, main].find((each) => typeof each === 'string')
    return named === undefined ? undefined : join(folder, named as string)
  } catch {
    return undefined
  }
}
