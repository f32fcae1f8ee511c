import assert from 'node:assert/strict'
import { test } from 'node:test'

import { until } from '../../../../__test__/support/waiting.mjs'
import { isolane } from './command.mjs'
import { usingStores } from './places.mjs'

/**
 * `isolane functions` with a store on a server.
 *
 * @param {() => string[]} urls by which it is found, each with another scheme
 * @param {(options: object) => import('@isolane/functions').FunctionStore} make the function of the subpath
 */
export function commandsOnServers(urls, make) {
  test('the command opens it by a URL of any of its schemes, and by ISOLANE_STORE', async () => {
    const [url] = urls()
    const lines = []
    for (const [index, each] of urls().entries()) {
      const words = ['publish', `named-${index}`, '-', '--store', each]
      const published = await reached(words, { stdin: '(n) => n' })
      lines.push(`named-${index}  version 1  revision ${index + 1}\n`)
      assert.deepEqual([published.code, published.stderr], [0, ''])
      const listed = await reached(['list', '--store', each])
      assert.deepEqual(listed, { code: 0, stdout: lines.join(''), stderr: '' })
    }
    assert.deepEqual(await reached(['list'], { store: url }), {
      code: 0,
      stdout: lines.join(''),
      stderr: '',
    })
    const place = { open: () => make({ connection: url, timeout: 60_000 }) }
    await usingStores(place, async (open) => {
      const { head, entries } = await open().read()
      assert.equal(head.revision, urls().length)
      assert.deepEqual(
        entries.map(({ name }) => name).toSorted(),
        urls().map((_, index) => `named-${index}`),
      )
    })
  })
}

/** Runs a command again where a crowded machine had the server answer too late. */
async function reached(words, options) {
  return until(async () => {
    const ended = await isolane(words, options)
    return ended.code === 3 ? undefined : ended
  }, 'the server answers in time')
}
