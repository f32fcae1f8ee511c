/** JavaScript and an addon of different builds: told when the addon is loaded, not by calls that hang. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

import { distDir, nativeDir, packageDir, root } from '../../scripts/lib/paths.mjs'
import { wireId, wireSources } from '../../scripts/lib/wire-id.mjs'

const require = createRequire(import.meta.url)
const addon = require(join(nativeDir, 'binding.js'))
const own = JSON.parse(readFileSync(join(distDir, 'wire-id.json'), 'utf8'))
const [version, hash] = own.split('+')
/** What addons of other builds say. */
const others = {
  version: `9.9.9+${hash}`,
  wire: `${version}+${hash === '00000000' ? '11111111' : '00000000'}`,
}
let folder

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'isolane-wire-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('an addon', () => {
  test('of the same build says what the JavaScript says, and is loaded', () => {
    assert.equal(addon.wireId(), own)
    const isolane = packageOver('() => real.wireId()')
    assert.deepEqual(isolane.engines(), addon.engines())
  })

  for (const [kind, its] of Object.entries(others)) {
    test(`of another ${kind} is refused by all that loads it, naming both and the way out`, () => {
      const isolane = packageOver(`() => '${its}'`)
      for (const use of [isolane.engines, isolane.versions, () => new isolane.Pool()]) {
        refuses(isolane, use, its)
      }
      for (const engine of addon.engines())
        refuses(isolane, () => new isolane.Pool({ engine }), its)
    })
  }

  test('that is too old to say its wire is refused', () => {
    const isolane = packageOver('undefined')
    refuses(isolane, isolane.engines, 'an older one')
  })

  test('is refused by import as well', async () => {
    const folder = makePackage(`() => '${others.wire}'`)
    const isolane = await import(pathToFileURL(join(folder, 'esm', 'index.mjs')).href)
    refuses(isolane, isolane.engines, others.wire)
  })

  test('is refused in a Worker, by a pool of either engine', async () => {
    const folder = makePackage(`() => '${others.wire}'`)
    for (const engine of addon.engines()) {
      const script = `
        const { Pool } = require(require('node:worker_threads').workerData)
        new Pool({ engine: '${engine}' })`
      const worker = new Worker(script, {
        eval: true,
        workerData: join(folder, 'dist', 'index.js'),
      })
      const [{ code, message }] = await once(worker, 'error')
      assert.equal(code, 'ERR_ISOLANE_ENGINE_UNAVAILABLE')
      assert.ok(message.includes(others.wire), message)
    }
  })

  test('is loaded in a Worker where it is of the same build', async () => {
    const folder = makePackage('() => real.wireId()')
    const script = `
      const { parentPort, workerData } = require('node:worker_threads')
      parentPort.postMessage(require(workerData).engines())`
    const worker = new Worker(script, { eval: true, workerData: join(folder, 'dist', 'index.js') })
    const [engines] = await once(worker, 'message')
    assert.deepEqual(engines, addon.engines())
  })

  test('that is missing is told as before, and so is a name that the build did not get to', () => {
    for (const [file, advice] of [
      [join('native', 'binding.js'), /could not be loaded.*npm start/],
      ['wire-id.json', /build was not finished.*npm run build/],
    ]) {
      const folder = makePackage('() => real.wireId()')
      rmSync(join(folder, 'dist', file))
      const { engines, EngineUnavailableError } = require(join(folder, 'dist', 'index.js'))
      assert.throws(engines, (error) => {
        assert.ok(error instanceof EngineUnavailableError, error)
        assert.match(error.message, advice)
        assert.match(error.cause.message, new RegExp(basename(file)))
        return true
      })
    }
  })

  function refuses({ EngineUnavailableError }, use, its) {
    assert.throws(use, (error) => {
      assert.ok(error instanceof EngineUnavailableError, error)
      assert.equal(error.code, 'ERR_ISOLANE_ENGINE_UNAVAILABLE')
      for (const word of [its, own, `npm install isolane@${version}`, 'npm run build']) {
        assert.ok(error.message.includes(word), `${word} is not in: ${error.message}`)
      }
      return true
    })
  }

  function packageOver(itsWireId) {
    return require(join(makePackage(itsWireId), 'dist', 'index.js'))
  }

  /** The package, over an addon that names another wire: a JavaScript expression for `wireId`. */
  function makePackage(itsWireId) {
    const copy = mkdtempSync(join(folder, 'package-'))
    for (const name of ['package.json', 'esm', 'dist']) {
      cpSync(join(packageDir, name), join(copy, name), {
        recursive: true,
        filter: (path) => !path.endsWith('.node'),
      })
    }
    const real = JSON.stringify(join(nativeDir, 'binding.js'))
    writeFileSync(
      join(copy, 'dist', 'native', 'binding.js'),
      `const real = require(${real})\nmodule.exports = { ...real, wireId: ${itsWireId} }`,
    )
    return copy
  }
})

describe('the name of the wire', () => {
  beforeEach(() => {
    for (const source of [...wireSources, 'npm/isolane/package.json']) {
      cpSync(join(root, source), join(folder, source), { recursive: true })
    }
  })

  test('is that of the same sources elsewhere', () => assert.equal(wireId(folder), wireId()))

  test('changes with each file that the wire is defined in', () => {
    const files = wireSources.flatMap((source) =>
      source.endsWith('/src')
        ? readdirSync(join(root, source), { recursive: true })
            .filter((name) => name.endsWith('.rs'))
            .map((name) => join(source, name))
        : [source],
    )
    const seen = files.map((file) => {
      appendFileSync(join(folder, file), ' ')
      return wireId(folder)
    })
    assert.equal(new Set([wireId(), ...seen]).size, files.length + 1)
    for (const name of [
      'commands.rs',
      'events.rs',
      'session.rs',
      'codes.ts',
      'inbox.ts',
      'native.ts',
      'outbox.ts',
      'prelude.js',
      'codec.js',
      'globals.js',
    ]) {
      assert.ok(files.map((file) => basename(file)).includes(name), name)
    }
  })

  test('changes with the version of the package', () => {
    const manifest = join(folder, 'npm', 'isolane', 'package.json')
    writeFileSync(manifest, JSON.stringify({ version: '9.9.9' }))
    assert.equal(wireId(folder), `9.9.9+${wireId().split('+')[1]}`)
  })
})
