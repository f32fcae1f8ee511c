/**
 * Inline functions on the node engine as files: `import()` in them is resolved from a file's folder,
 * so each is compiled as if it stood in one, in the folder that functions are resolved from.
 */

import { join } from 'node:path'
import { FUNCTION_PREFIX } from '../protocol.js'

/** What in a name would end a folder's name or a line, and what stands for it in a path. */
const SEPARATORS = /[%/\\\n\r\u2028\u2029]/g
const ESCAPES = /%(?:25|2F|5C|0A|0D|E2%80%A[89])/g

/** What the path of a function in `folder` begins with. */
export function functionPathStart(folder: string): string {
  return join(folder, FUNCTION_PREFIX)
}

/** How the path of a function of this name goes on. */
export function functionPathEnd(name: string): string {
  return name.replace(SEPARATORS, encodeURIComponent)
}

/** A stack with functions as the v8 engine names them, in place of paths that begin with `start`. */
export function withoutFunctionPaths(stack: string, start: string): string {
  const [head, ...frames] = stack.split(start)
  return head + frames.map((frame) => FUNCTION_PREFIX + firstLineUnescaped(frame)).join('')
}

function firstLineUnescaped(text: string): string {
  const [first, ...rest] = text.split('\n')
  return [first!.replace(ESCAPES, decodeURIComponent), ...rest].join('\n')
}
