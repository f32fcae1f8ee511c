/** Places in stack traces and of lines, where what runs is not the text that its author wrote. */

import type { AuthorMaps } from '../addon/call-name.js'
import type { LogPlace } from '../addon/log-entry.js'
import { withoutFunctionPaths } from '../functions/files.js'
import type { AuthorPlace, PoolInfo } from './call.js'

/** How a frame ends. Anchored, and looked for in one line at a time: the text is of a function's, and as long as it likes. */
const END = /:(\d{1,9}):(\d{1,9})\)?$/

/** A text of a function's, whose frames, if any, tell what its author knows: names, lines and columns. */
export function asWritten(text: string, pool: PoolInfo, maps: AuthorMaps | undefined): string {
  return withAuthorsPlaces(withNames(text, pool), pool.authorPlace, maps)
}

/** A text whose frames name functions as the v8 engine does. */
export function withNames(text: string, { functionPaths }: PoolInfo): string {
  return functionPaths === undefined ? text : withoutFunctionPaths(text, functionPaths)
}

/** A place that was told as `script:line:column`, as its author knows it. */
export function authorsPlace(
  told: string,
  pool: PoolInfo,
  maps: AuthorMaps | undefined,
): LogPlace | undefined {
  const end = END.exec(told)
  if (end === null) return undefined
  const file = withNames(told.slice(0, end.index), pool)
  const [line, column] = [Number(end[1]), Number(end[2])]
  return placeIn(file, line, column, pool.authorPlace, maps) ?? { file, line, column }
}

/** A text whose frames in files of TypeScript, and in scripts with maps, tell the author's places. */
export function withAuthorsPlaces(
  text: string,
  authorPlace: AuthorPlace | undefined,
  maps?: AuthorMaps,
): string {
  if (maps === undefined && (authorPlace === undefined || !text.includes('ts:'))) return text
  if (!text.includes('at ')) return text
  const told = (line: string): string => {
    const end = line.trimStart().startsWith('at ') ? END.exec(line) : null
    if (end === null) return line
    const script = pathAtEnd(line.slice(0, end.index))
    const place = placeIn(script, Number(end[1]), Number(end[2]), authorPlace, maps)
    if (place === undefined) return line
    const before = line.slice(0, end.index - script.length)
    return `${before}${place.file}:${place.line}:${place.column}${line.endsWith(')') ? ')' : ''}`
  }
  return text.split('\n').map(told).join('\n')
}

/** What its author knows a place as; nothing where that is what it is. */
function placeIn(
  file: string,
  line: number,
  column: number,
  authorPlace: AuthorPlace | undefined,
  maps: AuthorMaps | undefined,
): LogPlace | undefined {
  const mapped = maps?.placeOf(file, line, column)
  if (mapped !== undefined || authorPlace === undefined || !file.endsWith('ts')) return mapped
  const place = authorPlace(file, line, column)
  return place === null ? undefined : { file, line: place[0]!, column: place[1]! }
}

/** The path with which a frame ends: `at name (path`, `at path`, `at async path`. */
export function pathAtEnd(frame: string): string {
  const open = frame.indexOf(' (')
  if (open >= 0) return frame.slice(open + 2)
  const name = frame.trimStart().slice('at '.length)
  return name.startsWith('async ') ? name.slice('async '.length) : name
}
