/** Which files of a folder are looked into: with thousands of functions nobody can read all of them at each change. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { Edits } from '../../dist/folder/edits.js'
import { sha256 } from '../../dist/store/hash.js'
import { settled } from '../../../../__test__/support/waiting.mjs'

/** A folder in memory: files by name, and what is in force. `find` is told which files may be other. */
function folderOf(texts) {
  const files = new Map(Object.entries(texts))
  const inForce = new Map(files)
  const read = []
  const listed = []
  let id = 'first'
  const state = {
    isBusy: false,
    left: [],
    get id() {
      return id
    },
    set id(value) {
      id = value
    },
  }
  const stateOf = (name) => [name, `state of ${files.get(name)}`]
  const edits = new Edits(
    {
      isApart: (path) => path.startsWith('.'),
      nameOf: (path) => (path.endsWith('.js') ? path.slice(0, -3) : undefined),
      list: async () => {
        listed.push(...files.keys())
        return new Map([...files.keys()].map(stateOf))
      },
      listAgain: async (before, names) => {
        listed.push(...names)
        return new Map([...before, ...[...names].map(stateOf)])
      },
      read: async (name) => {
        read.push(name)
        return files.get(name)
      },
    },
    { now: async () => ({ isBusy: state.isBusy, left: state.left }) },
    {
      head: async () => ({ revision: 1, id: state.id }),
      names: () => [...inForce.keys()],
      digestOf: (name) => {
        const text = inForce.get(name)
        return text === undefined ? undefined : sha256(text)
      },
    },
  )
  const find = async (...paths) => {
    read.length = listed.length = 0
    for (const path of paths) edits.hint(path)
    // Nobody stays for who looks into a folder.
    const found = await settled(edits.find())
    return { found, read: read.toSorted(), listed: [...new Set(listed)].toSorted() }
  }
  return { files, inForce, state, find }
}

const all = ['a', 'b', 'c']

describe('files of a folder', () => {
  test('are looked into once, and again when they, or what is in force of them, is other', async () => {
    const { files, inForce, state, find } = folderOf({ a: '1', b: '2', c: '3' })
    assert.deepEqual(await find(), { found: [], read: all, listed: all })
    assert.deepEqual(await find(), { found: [], read: [], listed: [] })
    // Somebody publishes `b`: the log says so first, then the file.
    inForce.set('b', '20')
    files.set('b', '20')
    state.id = 'second'
    assert.deepEqual(await find('b.js'), { found: [], read: ['b'], listed: ['b'] })
    assert.deepEqual(await find(undefined), { found: [], read: [], listed: all })
    // The log is taken back, and the file is not.
    inForce.set('b', '2')
    state.id = 'first'
    const found = [{ name: 'b', source: '20' }]
    assert.deepEqual(await find(), { found, read: ['b'], listed: [] })
  })

  test('that are edits are found once, and again after each change, which may have made way for them', async () => {
    const { files, state, find } = folderOf({ a: '1', b: '2' })
    await find()
    files.set('a', 'an edit')
    const found = [{ name: 'a', source: 'an edit' }]
    assert.deepEqual(await find('a.js'), { found, read: ['a'], listed: ['a'] })
    assert.deepEqual(await find('a.js'), { found: [], read: [], listed: ['a'] })
    state.id = 'second'
    assert.deepEqual(await find(), { found, read: ['a'], listed: [] })
  })

  test('that were told of in the middle of a change are looked at after it', async () => {
    const { files, state, find } = folderOf({ a: '1', b: '2', c: '3' })
    await find()
    files.set('c', 'an edit')
    state.isBusy = true
    assert.deepEqual(await find('c.js', undefined), { found: [], read: [], listed: [] })
    state.isBusy = false
    const found = [{ name: 'c', source: 'an edit' }]
    assert.deepEqual(await find(), { found, read: ['c'], listed: all })
  })

  test('that could not be written are no edits, until they are', async () => {
    const { inForce, files, state, find } = folderOf({ a: '1', b: '2' })
    await find()
    state.left = [{ path: 'intent', names: ['a'] }]
    inForce.set('a', '10')
    files.set('b', 'an edit')
    state.id = 'second'
    const found = [{ name: 'b', source: 'an edit' }]
    assert.deepEqual((await find(undefined)).found, found)
    files.set('a', '10')
    state.left = []
    assert.deepEqual(await find('a.js'), { found: [], read: ['a'], listed: ['a'] })
  })

  test('are listed once, however long somebody publishes', async () => {
    const { files, inForce, state, find } = folderOf({ a: '1', b: '2', c: '3' })
    const { get } = Object.getOwnPropertyDescriptor(state, 'id')
    Object.defineProperty(state, 'id', { get: () => Math.random() })
    assert.deepEqual(await find(), { found: [], read: [], listed: all })
    files.set('b', '20')
    assert.deepEqual(await find('b.js'), { found: [], read: [], listed: ['b'] })
    inForce.set('b', '20')
    Object.defineProperty(state, 'id', { get })
    assert.deepEqual(await find(), { found: [], read: all, listed: [] })
  })

  test('are all looked at where a folder may be other', async () => {
    const { find } = folderOf({ a: '1', b: '2', c: '3' })
    await find()
    assert.deepEqual((await find('.isolane')).listed, [])
    assert.deepEqual((await find('a folder')).listed, all)
  })
})
