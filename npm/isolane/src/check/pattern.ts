/** Patterns of file names: `*`, `?`, `[a-z]` within a name, `**` for any folders, `{a,b}` for either. */

/** What a pattern may come to by its braces. */
const MOST_ALTERNATIVES = 1000

const MAGIC = /[*?[{]/

/** Whether a text is more than a path. */
export function isPattern(text: string): boolean {
  return MAGIC.test(text)
}

/** A part of a pattern between two `/`: any folders, or what one name must be like. */
export type Segment = '**' | ((name: string) => boolean)

/**
 * The segments of each pattern that a pattern with braces stands for.
 *
 * @throws {RangeError} where these are too many
 */
export function segmentsOf(pattern: string): string[][] {
  return alternatives(pattern).map((each) => {
    const segments = each.split('/')
    // Nothing between two of them is nothing; what begins with one is absolute.
    return segments.filter((segment, index) => index === 0 || (segment !== '' && segment !== '.'))
  })
}

/** `a{b,c}d` stands for `abd` and `acd`; one within another is either of all. */
function alternatives(pattern: string): string[] {
  const open = pattern.indexOf('{')
  const close = open < 0 ? -1 : closing(pattern, open)
  if (close < 0) return [pattern]
  const parts = topLevelParts(pattern.slice(open + 1, close))
  const [before, after] = [pattern.slice(0, open), alternatives(pattern.slice(close + 1))]
  const inner = parts.length === 1 ? [`{${parts[0]}}`] : parts.flatMap(alternatives)
  if (inner.length * after.length > MOST_ALTERNATIVES) {
    throw new RangeError(`its braces stand for more than ${MOST_ALTERNATIVES} patterns`)
  }
  return inner.flatMap((each) => after.map((rest) => before + each + rest))
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  return -1
}

function topLevelParts(text: string): string[] {
  const parts = ['']
  let depth = 0
  for (const letter of text) {
    if (letter === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
    if (letter === '{') depth++
    else if (letter === '}') depth--
  }
  return parts
}

/** What a name must be like for a segment. Dots at the start are not met by accident. */
export function matcherOf(segment: string): (name: string) => boolean {
  const pieces = piecesOf(segment)
  return (name) => (name[0] !== '.' || segment[0] === '.') && matches(pieces, [...name])
}

/** Any number of letters, or one of a kind. */
type Piece = '*' | ((letter: string) => boolean)

function piecesOf(segment: string): Piece[] {
  const pieces: Piece[] = []
  const tokens = segment.match(/\[[!^]?\]?[^\]]*\]|[^]/gu) ?? []
  for (const token of tokens) {
    if (token === '*') pieces.push('*')
    else if (token === '?') pieces.push(() => true)
    else if (token.length > 1 && token[0] === '[') pieces.push(classOf(token.slice(1, -1)))
    else pieces.push((letter) => letter === token)
  }
  return pieces
}

function classOf(text: string): (letter: string) => boolean {
  const isNegated = /^[!^]/.test(text)
  const ranges = [...text.slice(isNegated ? 1 : 0).matchAll(/([^])(?:-([^]))?/gu)]
  return (letter) => {
    const isIn = ranges.some(([, from, to = from]) => from! <= letter && letter <= to!)
    return isIn !== isNegated
  }
}

/** Goes back to the last `*` only, which suffices, so that no name takes long. */
function matches(pieces: readonly Piece[], letters: readonly string[]): boolean {
  let [at, piece, star, resume] = [0, 0, -1, 0]
  while (at < letters.length) {
    const current = pieces[piece]
    if (current === '*') {
      ;[star, resume] = [piece++, at]
    } else if (current?.(letters[at]!)) {
      at++
      piece++
    } else if (star >= 0) {
      piece = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  while (pieces[piece] === '*') piece++
  return piece === pieces.length
}
