/** Packages that functions require: those of the registry's folder, whatever the service has. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'

import { FunctionRegistry, memory } from '@isolane/functions'

import { atRevision, hasV8, rejection, withRegistries } from '../support/registries.mjs'

const service = mkdtempSync(join(tmpdir(), 'isolane-registry-'))
const own = join(service, 'functions')
after(() => rmSync(service, { recursive: true }))
install(service, 'dep', "exports.version = 'of the service'")
install(service, 'apart', 'exports.apart = 1')
install(own, 'dep', "exports.version = 'of the functions'")

function install(folder, name, text) {
  const place = join(folder, 'node_modules', name)
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'index.js'), text)
}

const asks = "module.exports = () => [require('dep').version, require('apart').apart]"

describe('packages of functions', () => {
  test('come from the folder of the registry, on the node engine', () =>
    withRegistries(
      async ({ open, pool }) => {
        const store = memory()
        const functions = open({ store, resolveFrom: own, warm: ['lib/*'] })
        await functions.publish('lib/f', asks)
        await functions.publish('g', "import f from '@/lib/f'\nexport default () => f()")
        for (const name of ['lib/f', 'g', 'lib/f@1']) {
          assert.deepEqual(await functions.run(name), ['of the functions', 1])
        }
        const other = open({ store })
        await atRevision(other, 2)
        assert.deepEqual(await other.run('g'), ['of the service', 1])
        const error = await rejection(functions.publish('f', "module.exports = require('none')"))
        assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
        assert.ok(error.message.includes(`installed in ${own}`), error.message)
        assert.equal(pool.engine, 'node')
      },
      { engine: 'node', resolveFrom: service },
    ))

  test('are refused on the v8 engine', { skip: !hasV8 }, () =>
    withRegistries(
      async ({ open, pool }) => {
        for (const rules of [true, false]) {
          const error = await rejection(open({ rules }).publish('f', asks))
          assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
          assert.match(error.message, /'dep'.*engine: 'node', or bundled/)
        }
        assert.throws(() => open({ resolveFrom: own }), {
          code: 'ERR_ISOLANE_INVALID_ARGUMENT',
          message: /resolveFrom needs a pool with engine: 'node'/,
        })
        assert.equal(pool.engine, 'v8')
      },
      { engine: 'v8' },
    ),
  )

  test('need a folder that exists', () => {
    for (const resolveFrom of ['', 7, join(own, 'none'), join(own, 'node_modules/dep/index.js')]) {
      const make = () => new FunctionRegistry(undefined, { store: memory(), resolveFrom })
      assert.throws(make, { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message: /a folder that exists/ })
    }
  })
})
