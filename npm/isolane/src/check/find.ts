/** The files that patterns and paths name. */

import type { Dirent } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join, parse, relative, resolve, sep } from 'node:path'
import { InvalidRangeError } from '../errors/errors.js'
import { isPattern, matcherOf, segmentsOf } from './pattern.js'

/** Of a folder that is named as a whole: what may hold functions. */
const SOURCES = '**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'

/** What was found: absolute paths, sorted; and what could not be looked into, by path. */
export interface Found {
  files: string[]
  failures: Map<string, Error>
}

/**
 * Files by pattern, and by path. A folder stands for the sources in it. Folders named `node_modules`, and
 * those that begin with a dot, are only gone into by name.
 *
 * @throws {InvalidRangeError} where nothing has that name
 */
export async function findFiles(
  patterns: readonly string[],
  { cwd, ignore }: { cwd: string; ignore: readonly string[] },
): Promise<Found> {
  const failures = new Map<string, Error>()
  const files = new Set<string>()
  for (const pattern of patterns) {
    const before = failures.size
    const found = await filesOf(pattern, cwd, failures)
    if (found.length === 0 && failures.size === before) throw await noFile(pattern, cwd)
    for (const file of found) files.add(file)
  }
  const left = leftOut(ignore, cwd)
  return { files: [...files].filter((file) => !left(file)).sort(), failures }
}

async function noFile(pattern: string, cwd: string): Promise<InvalidRangeError> {
  const named = await stat(resolve(cwd, pattern)).catch(() => undefined)
  if (named?.isDirectory()) {
    return new InvalidRangeError(`The folder '${pattern}' in ${cwd} has no sources: ${SOURCES}`)
  }
  const what = isPattern(pattern) ? 'file that matches' : 'file or folder'
  return new InvalidRangeError(`There is no ${what} '${pattern}' in ${cwd}`)
}

async function filesOf(pattern: string, cwd: string, failures: Map<string, Error>) {
  const path = resolve(cwd, pattern)
  const named = await stat(path).catch(async (error: NodeJS.ErrnoException) => {
    // What is there and cannot be had is told; a pattern is none of that.
    if (isPattern(pattern)) return undefined
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') failures.set(path, error)
    else if (await isLink(path)) failures.set(path, new Error('It is a link to what is not there'))
    return undefined
  })
  if (named?.isDirectory()) return new Walk(failures).run(path, SOURCES)
  if (named !== undefined) return [path]
  if (!isPattern(pattern)) return []
  return new Walk(failures).run(cwd, pattern)
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true
}

/** One way through folders. */
class Walk {
  readonly #files = new Set<string>()
  /** What has been looked at, for which rest of the pattern. */
  readonly #seen = new Set<string>()

  constructor(private readonly failures: Map<string, Error>) {}

  async run(cwd: string, pattern: string): Promise<string[]> {
    for (const segments of expanded(pattern)) {
      const { root } = parse(segments.join('/'))
      const isAbsolute = root !== ''
      const rest = isAbsolute ? segments.join('/').slice(root.length).split('/') : segments
      await this.#visit(isAbsolute ? root : cwd, rest)
    }
    return [...this.#files]
  }

  async #visit(folder: string, [segment, ...rest]: readonly string[]): Promise<void> {
    if (segment === undefined) return
    const seen = [folder, segment, ...rest].join('\0')
    if (this.#seen.has(seen)) return
    this.#seen.add(seen)
    if (segment === '**') {
      // Behind the last one any file will do.
      await this.#visit(folder, rest.length === 0 ? ['*'] : rest)
      for (const entry of await this.#entries(folder)) {
        if (entry.isDirectory() && !isHidden(entry.name)) {
          await this.#visit(join(folder, entry.name), ['**', ...rest])
        }
      }
      return
    }
    if (!isPattern(segment)) return this.#enter(join(folder, segment), rest)
    const matches = matcherOf(segment)
    for (const { name } of await this.#entries(folder)) {
      if (name !== 'node_modules' && matches(name)) await this.#enter(join(folder, name), rest)
    }
  }

  /** A link counts as what it leads to, for a name that is asked for. */
  async #enter(path: string, rest: readonly string[]): Promise<void> {
    const found = await stat(path).catch(() => undefined)
    if (rest.length > 0 && found?.isDirectory()) await this.#visit(path, rest)
    else if (rest.length === 0 && found?.isFile()) this.#files.add(path)
  }

  async #entries(folder: string): Promise<Dirent[]> {
    try {
      return await readdir(folder, { withFileTypes: true })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.failures.set(folder, error as Error)
      return []
    }
  }
}

function isHidden(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.')
}

/** @throws {InvalidRangeError} */
function expanded(pattern: string): string[][] {
  try {
    return segmentsOf(sep === '\\' ? pattern.replaceAll('\\', '/') : pattern)
  } catch (error) {
    throw new InvalidRangeError(`The pattern '${pattern}' is refused: ${(error as Error).message}`)
  }
}

/** Whether a file is one of those that are not wanted. */
function leftOut(ignore: readonly string[], cwd: string): (file: string) => boolean {
  const all = ignore.flatMap(expanded).map((segments) => segments.map(partOf))
  return (file) => {
    const names = relative(cwd, file).split(sep)
    return all.some((segments) => fits(segments, names))
  }
}

type Part = '**' | ((name: string) => boolean)

function partOf(segment: string): Part {
  return segment === '**' ? '**' : matcherOf(segment)
}

/** Also what lies in a folder that fits. */
function fits([part, ...rest]: readonly Part[], names: readonly string[]): boolean {
  if (part === undefined) return true
  if (part === '**') return names.some((_, index) => fits(rest, names.slice(index)))
  return names.length > 0 && part(names[0]!) && fits(rest, names.slice(1))
}
