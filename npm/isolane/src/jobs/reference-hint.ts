import type { Call } from '../calls/call.js'
import { canImport } from '../functions/scripts.js'
import { writtenPlace, type WrittenPlace } from './written-place.js'

/** What tools leave in a function's text and nobody can define there, by pattern, with what to do about it. */
const LEFTOVERS: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^cov_/,
    'a coverage counter (istanbul); exclude the file from coverage, or use V8 coverage (c8)',
  ],
  [/^__vite_|^__vi_/, 'an import as vite rewrote it; pass the value by args or shared'],
  [/^tslib(_\d+)?$/, 'a module of helpers of TypeScript; compile for ES2022 or later'],
  [/^_applyDecs\w*$/, 'a helper of Babel; compile for a later target'],
  [
    /^_(ref|excluded|marked|templateObject)\d*$/,
    'a part of the function that Babel or swc has put beside it; compile for ES2018 or later',
  ],
]

/** Globals of the web that isolates have, and those that only Node has. */
const OF_THE_WEB =
  /^(AbortController|AbortSignal|DOMException|Event|EventTarget|TextDecoder|TextEncoder|URL|URLSearchParams|atob|btoa|clear(Immediate|Interval|Timeout)|crypto|performance|queueMicrotask|self|set(Immediate|Interval|Timeout)|structuredClone)$/
const OF_NODE =
  /^(Blob|Buffer|File|FormData|Headers|MessageChannel|Request|Response|WebSocket|Worker|__dirname|__filename|exports|fetch|global|module|process|require)$/

/**
 * Why a name is missing in a function, for those who see a ReferenceError of theirs for the first time.
 *
 * @param stack the error's, with places in what ran
 */
export function referenceHint(error: Error, stack: string | undefined, call: Call): string {
  if (error.name !== 'ReferenceError') return ''
  const name = /^(\S+) is not defined$/.exec(error.message)?.[1]
  if (name === undefined) return ''
  // Where an async function's body is.
  const known = name === `_${call.function}` ? '_ref' : name
  const leftover = LEFTOVERS.find(([names]) => names.test(known))
  if (leftover !== undefined) return `. '${name}' is ${leftover[1]}`
  if (OF_THE_WEB.test(name)) {
    return `. '${name}' is a global that sandbox takes away; sandbox: { globals: true } leaves it`
  }
  if (OF_NODE.test(name)) {
    return (
      `. Isolates have no '${name}', which is of the host: use the node engine (engine: 'node'), or ` +
      `pass what is needed by the options args or shared`
    )
  }
  const place = writtenPlace(stack, call, name)
  const where = place && ` (${told(place)})`
  const way = canImport(call.fn) ? 'import it there, or pass it' : 'pass it'
  const frame = place?.frame && `\n\n${place.frame}`
  return (
    `. The function runs in an isolate of its own and cannot see '${name}' where it was written${where ?? ''}; ` +
    `${way} by the options args or shared${frame ?? ''}`
  )
}

function told({ file, line, column }: WrittenPlace): string {
  const place = `line ${line}, column ${column}`
  return file === undefined ? `${place} of its text` : `${file}, ${place}`
}
