/** Colours on a terminal, where there is one. */

import * as util from 'node:util'

/** Colours and weights that the command uses. */
export type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'gray' | 'bold' | 'underline'

/** Gives a text its style, or leaves it alone. */
export type Paint = (style: Style, text: string) => string

/** Only since 20.12. */
const { styleText } = util as {
  styleText?: (style: Style, text: string, options?: object) => string
}

/** Whether what is written there is to have colours: see https://no-color.org and https://force-color.org. */
export function hasColours(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (styleText === undefined || env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

export function painter(colours: boolean): Paint {
  if (!colours) return (_, text) => text
  return (style, text) => styleText!(style, text, { validateStream: false })
}

/** What a terminal would obey, or not show, as an escape. Files may have any name. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
