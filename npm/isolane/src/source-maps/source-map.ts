/** From places in a compiled text to those in what its author wrote. */

import { inlineUrl, readMap, type MapData } from './inline.js'

/** A place in a source. */
export interface SourcePlace {
  /** The source's name, as the map has it. */
  file: string
  /** From 1. */
  line: number
  /** From 1. */
  column: number
}

/** A name that can stand in a line of a stack or a log, and forges no other. */
const NAME = /^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]{1,1024}$/u
const LONGEST_NAME = 1024

/** One map. Whatever is wrong with it, it gives places or none. */
export class SourceMap {
  readonly #data: MapData

  constructor(data: MapData) {
    this.#data = data
  }

  /** Bytes of its table. */
  get size(): number {
    return this.#data.mappings.size
  }

  /**
   * What a place of the compiled text came from, if that is known.
   *
   * @param line from 1, as `column`
   */
  placeOf(line: number, column: number): SourcePlace | undefined {
    const segment = this.#data.mappings.at(line - 1, column - 1)
    const file = segment && this.#nameOf(segment.source)
    if (segment === undefined || file === undefined) return undefined
    return { file, line: segment.line + 1, column: segment.column + 1 }
  }

  /** The text of the source that a place came from, if the map has it. */
  contentAt(line: number, column: number): string | undefined {
    const { mappings, contents } = this.#data
    const content = contents[mappings.at(line - 1, column - 1)?.source ?? -1]
    return typeof content === 'string' ? content : undefined
  }

  #nameOf(index: number): string | undefined {
    const { sourceRoot, sources } = this.#data
    const source = sources[index]
    if (typeof source !== 'string' || source.length > LONGEST_NAME) return undefined
    const folder = sourceRoot === '' || sourceRoot.endsWith('/') ? sourceRoot : `${sourceRoot}/`
    const name = folder + source
    return NAME.test(name) ? name : undefined
  }
}

/** Maps that were read last, by the texts that they are in, and how much memory they take, about. */
const known = new Map<string, SourceMap | undefined>()
let memory = 0
const MOST_MEMORY = 32 << 20

const memoryOf = (text: string, map: SourceMap | undefined): number =>
  text.length + (map?.size ?? 0)

/** The map that stands in a text, if there is one that can be read. */
export function sourceMapOf(text: string): SourceMap | undefined {
  if (known.has(text)) {
    const map = known.get(text)
    known.delete(text)
    known.set(text, map)
    return map
  }
  const url = inlineUrl(text)
  if (url === undefined) return undefined
  const data = readMap(url)
  const map = data && new SourceMap(data)
  known.set(text, map)
  memory += memoryOf(text, map)
  for (const [oldest, itsMap] of known) {
    if (memory <= MOST_MEMORY) break
    known.delete(oldest)
    memory -= memoryOf(oldest, itsMap)
  }
  return map
}
