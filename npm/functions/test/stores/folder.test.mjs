/** A folder of files that people read and edit is a store as any other. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

import { memory, mirror } from '@isolane/functions'
import { folder } from '@isolane/functions/folder'
import { storeContract } from '@isolane/functions/testing'

import { runScript } from '../../../../__test__/support/processes.mjs'
import { publication } from '../support/changes.mjs'
import { rejection, until, withRegistries } from '../support/registries.mjs'

const newPlace = () => mkdtempSync(join(tmpdir(), 'isolane-folder-'))

describe('the folder store', () => {
  const make = async () => {
    const place = newPlace()
    const open = async () => folder(join(place, 'functions'), { scanInterval: 20 })
    return { open, remove: async () => rmSync(place, { recursive: true }) }
  }
  for (const { name, run } of storeContract(make)) test(name, run)

  test('makes its folder for a later change where it could not for an earlier one', async () => {
    const place = newPlace()
    const path = join(place, 'functions')
    writeFileSync(path, '')
    const store = folder(path, { watch: false })
    const nothing = { revision: 0, id: '' }
    assert.match((await rejection(store.commit(publication(['f']), nothing))).code, /^E/)
    rmSync(path)
    assert.equal((await store.commit(publication(['f']), nothing)).revision, 1)
    await store.close()
    rmSync(place, { recursive: true })
  })
})

/** A place, with registries on it. */
function inFolder(use) {
  const place = newPlace()
  const write = (name, text) => {
    const path = join(place, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
  const read = (name) => readFileSync(join(place, name), 'utf8')
  return withRegistries(async ({ open }) => {
    const on = (options) => open({ store: folder(place, { scanInterval: 20, ...options }) })
    await use({ place, write, read, open: on })
  }).finally(() => rmSync(place, { recursive: true }))
}

describe('files of a folder', () => {
  test('are what is in force, one for each function', () =>
    inFolder(async ({ place, open, read }) => {
      const functions = open()
      await functions.publish('lib/tax', '(n) => n * 2\r\n')
      await functions.publish('f', '() => 1')
      assert.equal(read('lib/tax.js'), '(n) => n * 2\r\n')
      await functions.publish('f', '() => 2')
      assert.equal(read('f.js'), '() => 2')
      await functions.rollback('f')
      assert.equal(read('f.js'), '() => 1')
      await functions.rename('f', 'g')
      assert.equal(existsSync(join(place, 'f.js')), false)
      assert.equal(read('g.js'), '() => 1')
      await functions.close()
      const left = readdirSync(place, { recursive: true }).filter((name) =>
        /tmp|\.intent/.test(name),
      )
      assert.deepEqual(left, [])
    }))

  test('that are there before are published, together', () =>
    inFolder(async ({ write, open }) => {
      write('a.js', "module.exports = () => require('@/lib/b')()")
      write('lib/b.js', 'module.exports = () => 2')
      write('README.md', 'none')
      write('node_modules/x.js', 'none')
      write('no name.js', 'none')
      const functions = open()
      await functions.ready
      await until(() => functions.list().length === 2, 'both are published')
      assert.equal(await functions.run('a'), 2)
      assert.equal(functions.health().revision, 1)
    }))

  test('that somebody edits are published, in every process', () =>
    inFolder(async ({ write, open }) => {
      const [one, other] = [open(), open()]
      await one.publish('f', '() => 1')
      await until(() => other.get('f'), 'the other has it')
      write('f.js', '() => 2')
      for (const functions of [one, other]) {
        await until(() => functions.get('f').version === 2, 'the edit is in force')
        assert.equal(await functions.run('f'), 2)
      }
      const history = await one.history()
      assert.equal(history.length, 2)
      assert.equal(history[1].note, 'edited by hand')
    }))

  test('are listened to, in folders that are new too: nobody waits until all are looked through', () =>
    inFolder(async ({ write, open }) => {
      const functions = open({ scanInterval: 2 ** 31 - 1 })
      await functions.publish('f', '() => 1')
      write('f.js', '() => 2')
      await until(() => functions.get('f').version === 2, 'the edit is in force')
      for (const name of ['new/one', 'new/two', 'new/deep/three']) {
        write(`${name}.js`, '() => 3')
        await until(() => functions.get(name), `${name} is in force`)
      }
      write('new/deep/three.js', '() => 4')
      await until(() => functions.get('new/deep/three').version === 2, 'the edit is in force')
    }))

  test('that somebody spoils are refused, and are in force when they are mended', () =>
    inFolder(async ({ write, open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      const refused = once(functions, 'editRefused')
      write('f.js', '() => {')
      const [{ name, reason }] = await refused
      assert.deepEqual([name, reason.code], ['f', 'ERR_ISOLANE_SOURCE'])
      assert.equal(await functions.run('f'), 1)
      write('f.js', '() => 3')
      await until(() => functions.get('f').version === 2, 'the mended file is in force')
    }))

  test('that somebody takes away are unpublished, if nobody needs them', () =>
    inFolder(async ({ place, write, open }) => {
      const functions = open()
      await functions.publish('lib', 'module.exports = () => 1')
      await functions.publish('f', "module.exports = require('@/lib')")
      await functions.publish('g', '() => 1')
      // Once this is published, the others have been seen.
      write('seen.js', '() => 1')
      await until(() => functions.get('seen'), 'the folder has been looked through')
      const refused = once(functions, 'editRefused')
      rmSync(join(place, 'lib.js'))
      rmSync(join(place, 'g.js'))
      const [{ name, reason }] = await refused
      assert.deepEqual([name, reason.code], ['lib', 'ERR_ISOLANE_DEPENDENT'])
      await until(() => functions.get('g') === undefined, 'g is free')
      assert.equal(await functions.run('f'), 1)
    }))

  test('that were not written when their process died are written by the next', () =>
    inFolder(async ({ place, write, read, open }) => {
      const first = open()
      await first.publish('f', '() => 1')
      await first.publish('f', '() => 2')
      await first.close()
      // As if it had died between the change and the file.
      write('f.js', '() => 1')
      const intent = join(place, '.isolane', 'intents', 'dead.intent')
      writeFileSync(intent, '["f"]')
      utimesSync(intent, 1, 1)
      const second = open()
      await second.ready
      await until(() => read('f.js') === '() => 2', 'the file is written')
      assert.equal(second.get('f').version, 2)
      assert.equal(existsSync(intent), false)
    }))

  test('that somebody did not write to their end who died meanwhile are written, and edits go on', () =>
    inFolder(async ({ place, write, read, open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      await functions.publish('f', '() => 2')
      const intent = join(place, '.isolane', 'intents', 'dead.intent')
      writeFileSync(intent, '["f"]')
      write('f.js', '() => 1')
      write('g.js', '() => 1')
      utimesSync(intent, 1, 1)
      await until(() => functions.get('g'), 'the edit is in force')
      await until(() => !existsSync(intent), 'the intent is taken back')
      assert.equal(read('f.js'), '() => 2')
      assert.equal(functions.get('f').version, 2)
    }))

  test('that cannot be written are told of and tried again, and edits of others go on', () =>
    inFolder(async ({ place, write, read, open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      write('g.js/not/a/function', '')
      const told = []
      functions.on('editRefused', (event) => told.push(event))
      await functions.publish('g', '() => 1')
      const [{ name, reason }] = told
      assert.deepEqual([name, reason.code], ['g', 'ERR_ISOLANE_STORE_UNAVAILABLE'])
      assert.match(reason.message, /^g\.js /)
      write('f.js', '() => 2')
      await until(() => functions.get('f').version === 2, 'the edit is in force')
      rmSync(join(place, 'g.js'), { recursive: true })
      await until(() => existsSync(join(place, 'g.js')), 'the file is written')
      assert.equal(read('g.js'), '() => 1')
      assert.equal(told.length, 1)
      const intents = join(place, '.isolane', 'intents')
      await until(() => readdirSync(intents).length === 0, 'the intent is taken back')
    }))

  test('whose names no function can have are told of', () =>
    inFolder(async ({ write, open }) => {
      write('.hidden name.js', '')
      write('node_modules/a package/x.js', '')
      write('bad folder/x.js', '() => 1')
      const functions = open()
      const told = []
      functions.on('editRefused', (event) => told.push(event))
      await until(() => told.length === 1, 'the first is told of')
      write('bad name.js', '() => 1')
      write('good.js', '() => 1')
      await until(() => functions.get('good') && told.length === 2, 'the other is told of')
      assert.deepEqual(
        told.map(({ name, reason }) => [name, reason.code]),
        [
          ['bad folder/x', 'ERR_ISOLANE_INVALID_ARGUMENT'],
          ['bad name', 'ERR_ISOLANE_INVALID_ARGUMENT'],
        ],
      )
    }))

  test('are no edits where the log is taken back to an older state', () =>
    inFolder(async ({ place, write, read, open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      await functions.publish('f', '() => 2')
      // As git checks out what was before.
      write('f.js', '() => 1')
      rmSync(join(place, '.isolane', '0000000002.json'))
      await functions.refresh()
      await until(() => functions.get('f').version === 1, 'the older state is in force')
      assert.equal(await functions.run('f'), 1)
      assert.equal(read('f.js'), '() => 1')
    }))
})

describe('a name that no file in a folder can have', () => {
  const invalid = { code: 'ERR_ISOLANE_INVALID_ARGUMENT' }

  test('is refused, with its reason', () =>
    inFolder(async ({ place, read, open }) => {
      const functions = open()
      await functions.publish('a', '() => 1')
      await assert.rejects(functions.publish('a.js/x', '() => 1'), {
        ...invalid,
        message: /a\.js cannot be both a file and a folder.*'a\.js\/x'/,
      })
      await assert.rejects(functions.publish('m'.repeat(253), '() => 1'), {
        ...invalid,
        message: /255 bytes.*'mmm/,
      })
      assert.equal(functions.health().revision, 1)
      await functions.publish('m'.repeat(252), '() => 2')
      assert.equal(read(`${'m'.repeat(252)}.js`), '() => 2')
      // One makes way for the other, and back.
      const coming = [{ name: 'a.js/x', source: '() => 3' }]
      await functions.publishAll(coming, { remove: ['a'] })
      assert.equal(read('a.js/x.js'), '() => 3')
      await assert.rejects(functions.publish('a', '() => 4'), invalid)
      await functions.unpublish('a.js/x')
      await functions.publish('a', '() => 4')
      assert.equal(read('a.js'), '() => 4')
      await functions.close()
      assert.deepEqual(readdirSync(join(place, '.isolane', 'intents')), [])
    }))

  test('is refused of a store that is copied there', async () => {
    const place = newPlace()
    const [from, to] = [memory(), folder(place)]
    await from.commit(publication(['a', 'a.js/x']), { revision: 0, id: '' })
    await assert.rejects(mirror(from, to), invalid)
    assert.equal((await to.head()).revision, 0)
    await to.close()
    rmSync(place, { recursive: true })
  })

  test('does not keep others from being edited where a log has it', () =>
    inFolder(async ({ write, open }) => {
      const change = publication(['a', 'a.js/x', 'f', 'm'.repeat(256)])
      write('.isolane/0000000001.json', JSON.stringify({ ...change, revision: 1 }))
      const functions = open()
      const told = []
      functions.on('editRefused', ({ name }) => told.push(name))
      functions.on('storeError', assert.fail)
      await functions.ready
      assert.ok(told.includes('m'.repeat(256)), String(told))
      write('f.js', '() => 2')
      await until(() => functions.get('f').version === 2, 'the edit is in force')
      await functions.unpublish('m'.repeat(256))
    }))
})

describe('the options of a folder', () => {
  test('are checked', () => {
    for (const args of [
      [],
      [''],
      [7],
      ['x', { watch: 1 }],
      ['x', { scanInterval: 0 }],
      ['x', { y: 1 }],
    ]) {
      assert.throws(() => folder(...args), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
    }
  })

  test('without watch nothing is published by itself', () =>
    inFolder(async ({ write, open }) => {
      const functions = open({ watch: false })
      await functions.publish('f', '() => 1')
      write('f.js', '() => 2')
      await functions.publish('g', '() => 3')
      assert.equal(functions.get('f').version, 1)
      assert.equal(functions.health().revision, 2)
    }))

  test('a process that has nothing else to do gets to the end of closing it', async () => {
    const place = newPlace()
    const script = `
      import { FunctionRegistry } from '@isolane/functions'
      import { folder } from '@isolane/functions/folder'
      import { writeFileSync } from 'node:fs'
      import { setTimeout as pause } from 'node:timers/promises'
      for (let i = 0; i < 10; i++) {
        const store = folder(${JSON.stringify(place)})
        const functions = new FunctionRegistry(undefined, { store, rules: false })
        await functions.publish('f', '() => ' + i)
        // It is looked at until nobody writes to it any more.
        writeFileSync(${JSON.stringify(join(place, 'g.js'))}, '() => ' + i)
        await pause(4 * i)
        await functions.close()
        console.log(i)
      }`
    const { code, stdout, stderr } = await runScript(script)
    assert.deepEqual([code, stdout.trim().split('\n').length], [0, 10], stderr)
    rmSync(place, { recursive: true })
  })

  test('a log that makes no sense is told', () =>
    inFolder(async ({ place, open }) => {
      mkdirSync(join(place, '.isolane'), { recursive: true })
      writeFileSync(join(place, '.isolane', '0000000001.json'), '{')
      const functions = open()
      const error = await rejection(functions.ready)
      assert.equal(error.code, 'ERR_ISOLANE_STORE_CORRUPT')
      assert.match(error.message, /0000000001\.json/)
    }))
})
