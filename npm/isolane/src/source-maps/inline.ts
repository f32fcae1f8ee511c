/** Source maps in the texts that they are about, as compilers leave them at the end. */

import { Mappings } from './mappings.js'

/** A source map (ECMA-426) of one file, as far as it is asked for. */
export interface MapData {
  readonly mappings: Mappings
  readonly sourceRoot: string
  /** Names, by number; as they came. */
  readonly sources: readonly unknown[]
  /** Texts, by number; as they came. */
  readonly contents: readonly unknown[]
}

const MARK = 'sourceMappingURL='
/** What stands before the mark. */
const COMMENTS = ['//# ', '//@ ']
const COMMENT_LENGTH = 4
const LINE_END = /[\n\r\u2028\u2029]/

/** How a `data:` URL with a map begins. */
const HEAD = /^data:application\/json(?:;charset=[\w-]+)?(;base64)?,/i
const LONGEST_HEAD = 64

/** Longer ones are left alone: the event loop waits while one is read. */
const LONGEST_URL = 2 << 20
const LONGEST_MAPPINGS = 1 << 20
const LONGEST_ROOT = 1024

/** The `data:` URL of the source map at the end of a text. */
export function inlineUrl(text: string): string | undefined {
  const url = mapUrl(text)
  return url?.startsWith('data:') === true ? url : undefined
}

/** Where the end of a text says that its source map is. */
export function mapUrl(text: string): string | undefined {
  const at = text.lastIndexOf(MARK)
  if (at < 0 || !COMMENTS.includes(text.slice(Math.max(0, at - COMMENT_LENGTH), at)))
    return undefined
  const start = at + MARK.length
  const length = text.slice(start).search(/\s|$/)
  // Code behind it would be of another text.
  const isLast = text
    .slice(start + length)
    .split(LINE_END)
    .every(isNoCode)
  return isLast && length <= LONGEST_URL ? text.slice(start, start + length) : undefined
}

/** A text that ends with a source map. */
export function withMap(json: string): string {
  const body = Buffer.from(json).toString('base64')
  return `//# ${MARK}data:application/json;base64,${body}`
}

function isNoCode(line: string): boolean {
  const code = line.trimStart()
  return code === '' || code.startsWith('//')
}

/** What is in the URL of a map, whoever has made it; nothing where that cannot be read. */
export function readMap(url: string): MapData | undefined {
  const head = HEAD.exec(url.slice(0, LONGEST_HEAD))
  if (head === null) return undefined
  const body = url.slice(head[0].length)
  try {
    const json = head[1] === undefined ? decodeURIComponent(body) : fromBase64(body)
    return dataOf(JSON.parse(json) as Record<string, unknown>)
  } catch {
    return undefined
  }
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

function dataOf({
  version,
  mappings,
  sourceRoot,
  sources,
  sourcesContent,
}: Record<string, unknown>): MapData | undefined {
  const root = sourceRoot ?? ''
  const isMap = version === 3 && typeof mappings === 'string' && Array.isArray(sources)
  if (!isMap || typeof root !== 'string' || root.length > LONGEST_ROOT) return undefined
  const read = mappings.length <= LONGEST_MAPPINGS ? Mappings.read(mappings) : undefined
  if (read === undefined) return undefined
  const contents = Array.isArray(sourcesContent) ? sourcesContent : []
  return { mappings: read, sourceRoot: root, sources, contents }
}
