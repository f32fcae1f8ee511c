/** Source maps of the files that a function is in. */

import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inlineUrl, mapUrl, withMap } from '../../source-maps/inline.js'
import { sourceMapOf, type SourceMap, type SourcePlace } from '../../source-maps/source-map.js'
import { pathOfScript, type AuthorFiles } from './author-files.js'

/** Files that stay known: a stack, which the function makes, may name as many as it likes. */
const MOST_FILES = 1000
/** Not the letter of a drive. */
const URL_START = /^[a-z][a-z\d+.-]+:/i

/** Maps in files, or beside them, each of which is looked for once. */
export class FileMaps {
  readonly #files: AuthorFiles
  /** By path: a text that ends with the map. */
  readonly #texts = new Map<string, string | undefined>()

  constructor(files: AuthorFiles) {
    this.#files = files
  }

  /** What a place in a script came from; files by absolute paths. */
  placeOf(script: string, line: number, column: number): SourcePlace | undefined {
    const path = pathOfScript(script)
    if (path === undefined) return undefined
    const place = this.#mapOf(path)?.placeOf(line, column)
    return place && { ...place, file: sourcePath(place.file, dirname(path)) }
  }

  /** The text of the source that such a place came from. */
  contentAt(script: string, line: number, column: number): string | undefined {
    const path = pathOfScript(script)
    const map = path === undefined ? undefined : this.#mapOf(path)
    const content = map?.contentAt(line, column)
    if (map === undefined || content !== undefined) return content
    const source = this.placeOf(script, line, column)
    return source && this.#files.textOf(source.file)
  }

  #mapOf(path: string): SourceMap | undefined {
    if (!this.#texts.has(path)) {
      this.#texts.set(path, this.#read(path))
      if (this.#texts.size > MOST_FILES) this.#texts.delete(this.#texts.keys().next().value!)
    }
    const text = this.#texts.get(path)
    return text === undefined ? undefined : sourceMapOf(text)
  }

  #read(path: string): string | undefined {
    const text = this.#files.textOf(path)
    if (text === undefined || inlineUrl(text) !== undefined) return text
    const name = `${basename(path)}.map`
    if (![name, encodeURI(name)].includes(mapUrl(text) ?? '')) return undefined
    const json = this.#files.mapOf(path)
    return json === undefined ? undefined : withMap(json)
  }
}

/** Where a source is that a map in `folder` names. */
function sourcePath(name: string, folder: string): string {
  if (!URL_START.test(name)) return resolve(folder, name)
  try {
    return name.startsWith('file:') ? fileURLToPath(name) : name
  } catch {
    return name
  }
}
