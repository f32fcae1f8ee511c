/** Frames in files of TypeScript, as a stack or a logged line has them. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'

const require = createRequire(import.meta.url)
const { withAuthorsPlaces } = require('../../npm/isolane/dist/calls/places.js')

/** As if the author had written everything ten lines further down. */
const asked = []
const authorPlace = (path, line, column) => {
  asked.push(path)
  return path.startsWith('/src/') ? [line + 10, column] : null
}
const placed = (text) => withAuthorsPlaces(text, authorPlace)

describe('frames in files of TypeScript', () => {
  for (const [frame, expected] of [
    ['    at price (/src/a.ts:1:2)', '    at price (/src/a.ts:11:2)'],
    ['    at /src/a.mts:1:2', '    at /src/a.mts:11:2'],
    ['    at async price (/src/a.cts:1:2)', '    at async price (/src/a.cts:11:2)'],
    ['    at async /src/a.ts:1:2', '    at async /src/a.ts:11:2'],
    [
      '    at Price.of [as x] (/src/of (b)/a.ts:1:2)',
      '    at Price.of [as x] (/src/of (b)/a.ts:11:2)',
    ],
  ]) {
    it(`tell the author's place: ${frame.trim()}`, () =>
      assert.equal(placed(`Error: x\n${frame}\nend`), `Error: x\n${expected}\nend`))
  }

  it('stay as they are where the place is the author’s, and so does what is no frame', () => {
    const text = 'Error: /src/a.ts:1:2\n    at f (/other/a.ts:1:2)\n    at f (/src/a.js:1:2)\nts:'
    assert.equal(placed(text), text)
    assert.deepEqual(asked.slice(-1), ['/other/a.ts'])
  })

  it('are looked for in one pass, whatever a function has written', () => {
    for (const part of ['(', ' (', ':1', ':1:1', 'at ', 'a.ts']) {
      const text = `at ${part.repeat(300_000)} ts:`
      assert.equal(placed(text), text)
    }
  })
})
