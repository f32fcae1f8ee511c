import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { applyPatch } from 'isolane'

import { onlyNode, Pool } from '../../support/engine.mjs'

const pool = new Pool({ threads: 2 })
after(() => pool.close())

const hotel = () => ({
  name: 'Alpha',
  rooms: [
    { id: 1, price: 80, tags: new Set(['sea']) },
    { id: 2, price: 90, tags: new Set() },
  ],
  rates: new Map([['flex', { price: 1 }]]),
  pictures: ['a.jpg'],
})

test('what several functions change of one value is merged node by node', async () => {
  const target = hotel()
  const kept = hotel()
  const outcome = await pool.patch(
    target,
    [
      { fn: (copy) => void (copy.rooms[0].price = 70) },
      { fn: (copy, { args }) => void copy.rates.set('saver', { price: args }), args: 2 },
      { fn: (copy) => ({ ...copy, pictures: [...copy.pictures, 'b.jpg'] }) },
      { fn: async (copy) => void copy.rooms[1].tags.add('new') },
    ],
    { key: 'id' },
  )
  assert.deepEqual(outcome.value, {
    name: 'Alpha',
    rooms: [
      { id: 1, price: 70, tags: new Set(['sea']) },
      { id: 2, price: 90, tags: new Set(['new']) },
    ],
    rates: new Map([
      ['flex', { price: 1 }],
      ['saver', { price: 2 }],
    ]),
    pictures: ['a.jpg', 'b.jpg'],
  })
  assert.deepEqual(outcome.conflicts, [])
  assert.deepEqual(outcome.failures, [])
  assert.deepEqual(target, kept)
  assert.deepEqual(applyPatch(target, outcome.applied), outcome.value)
  assert.equal(outcome.value.rooms[0].tags, target.rooms[0].tags)
})

test('a task sees neither what another changes nor what came of an earlier one', async () => {
  const tasks = Array.from({ length: 6 }, (_, args) => ({
    fn: (copy, { args }) => {
      const seen = copy.list.length
      copy.list.push(args)
      return { ...copy, seen }
    },
    args,
  }))
  const { value, conflicts } = await pool.patch({ list: [1, 2] }, tasks)
  assert.equal(value.seen, 2)
  assert.equal(value.list.length, 3)
  assert.equal(conflicts.length, 5)
})

test('of two changes of one node that of the later return is kept, unless options say otherwise', async () => {
  const tasks = [1, 2].map((args) => ({ fn: (copy, { args }) => void (copy.a = args), args }))
  const last = await pool.patch({ a: 0 }, tasks)
  const [{ earlier, later, kept, path }] = last.conflicts
  assert.deepEqual(path, ['a'])
  assert.equal(kept, 'later')
  assert.deepEqual([earlier.patch, later.patch].toSorted(), [0, 1])
  assert.equal(last.value.a, tasks[later.patch].args)
  const first = await pool.patch({ a: 0 }, tasks, { onConflict: 'first' })
  assert.equal(first.value.a, tasks[first.conflicts[0].earlier.patch].args)
  await assert.rejects(pool.patch({ a: 0 }, tasks, { onConflict: 'reject' }), {
    code: 'ERR_ISOLANE_PATCH_CONFLICT',
  })
  const chosen = await pool.patch({ a: 0 }, tasks, {
    onConflict: ({ later }) => (later.operation.value === 2 ? 'last' : 'first'),
  })
  assert.equal(chosen.value.a, 2)
  const thrown = new Error('mine')
  const onConflict = () => {
    throw thrown
  }
  await assert.rejects(pool.patch({ a: 0 }, tasks, { onConflict }), thrown)
})

test('a task that fails leaves no trace, and the others are merged', async () => {
  const tasks = [
    { fn: (copy) => void (copy.a = 1) },
    {
      fn: (copy) => {
        copy.b = 2
        throw new RangeError('mine')
      },
    },
    { fn: () => new Promise(() => {}) },
    { fn: (copy) => void (copy.c = () => {}) },
  ]
  const { value, failures } = await pool.patch({ a: 0, b: 0 }, tasks, { timeout: 60_000 })
  assert.deepEqual(value, { a: 1, b: 0 })
  assert.deepEqual(
    failures.map(({ index, error }) => [index, error.code]).filter(([index]) => index !== 2),
    [
      [1, 'ERR_ISOLANE_FUNCTION'],
      [3, 'ERR_ISOLANE_NOT_CLONEABLE'],
    ],
  )
  assert.match(failures.at(-1).error.message, /\[0\]\.value is a function/)
  assert.equal(failures[1].index, 2)
  await assert.rejects(pool.patch({ a: 0 }, tasks, { onError: 'reject', timeout: 60_000 }))
})

test('a task that runs out of time leaves no trace either', async () => {
  const tasks = [
    { fn: (copy) => void (copy.a = 1) },
    {
      fn: (copy) => {
        copy.b = 2
        for (;;);
      },
    },
  ]
  const limits = { timeout: 500 }
  const { value, failures } = await pool.patch({ a: 0, b: 0 }, tasks, limits)
  assert.equal(value.b, 0)
  assert(failures.some(({ index, error }) => index === 1 && error.code === 'ERR_ISOLANE_TIMEOUT'))
  await assert.rejects(pool.patch({ a: 0 }, tasks, { ...limits, onTimeout: 'reject' }), {
    code: 'ERR_ISOLANE_TIMEOUT',
  })
})

test('only what is at the paths of a task counts', async () => {
  const fn = (copy) => {
    copy.a.x = 1
    copy.b = 1
  }
  const { value, applied } = await pool.patch({ a: { x: 0 }, b: 0 }, [{ fn, paths: [['a']] }])
  assert.deepEqual(value, { a: { x: 1 }, b: 0 })
  assert.deepEqual(applied, [{ op: 'set', path: ['a', 'x'], value: 1 }])
})

test('a task may set the root, return another type, or change nothing', async () => {
  const patched = async (fn, target = { a: 1 }) => (await pool.patch(target, [{ fn }])).value
  assert.deepEqual(await patched(() => [1, 2]), [1, 2])
  assert.equal(await patched(() => null), null)
  assert.equal(await patched(() => 'text'), 'text')
  const target = { a: 1 }
  assert.equal(await patched(() => {}, target), target)
  assert.equal(await patched((copy) => copy, target), target)
  assert.equal(await patched(() => 5, 5), 5)
  assert.deepEqual(await patched((copy) => void delete copy.a), {})
})

test('shared values are there, and the target is none of them', async () => {
  const rules = await pool.share('rules', { most: 3 })
  const { value } = await pool.patch(
    {},
    [{ fn: (copy, { shared }) => ({ names: Object.keys(shared), most: shared.rules.most }) }],
    { shared: [rules] },
  )
  assert.deepEqual(value, { names: ['rules'], most: 3 })
  rules.dispose()
  // A call that follows has no target.
  assert.deepEqual(await pool.run((_, { shared }) => Object.keys(shared)), [])
})

test('a cycle that stays as it is crosses; one in what changed is refused with its path', async () => {
  const target = { a: 1, b: {} }
  target.b.self = target.b
  const { failures } = await pool.patch(target, [{ fn: (copy) => void (copy.a = 2) }])
  assert.equal(failures[0].error.code, 'ERR_ISOLANE_PATCH')
  assert.deepEqual(failures[0].error.path.slice(0, 3), ['b', 'self', 'self'])
  const onlyA = { fn: (copy) => void (copy.a = 2), paths: [['a']] }
  const { value } = await pool.patch(target, [onlyA])
  assert.equal(value.a, 2)
  assert.equal(value.b, target.b)
})

test('an object with two paths that is changed is refused', async () => {
  const rate = { price: 1 }
  const fn = (copy) => void (copy.a.price = 2)
  const { value, failures } = await pool.patch({ a: rate, b: rate }, [{ fn }])
  assert.deepEqual(value, { a: { price: 1 }, b: { price: 1 } })
  assert.match(failures[0].error.message, /^value\.b has changed, and is the same object/)
})

/* oxlint-disable no-extend-native -- that is what they do */
test('functions that replace built-ins change nothing for the comparison', async () => {
  const fn = (copy) => {
    Object.keys = Object.hasOwn = Array.isArray = () => []
    Object.prototype.hasOwnProperty = Map.prototype.forEach = () => false
    Array.prototype.push = Array.prototype.concat = () => {}
    copy.list.length = 1
    copy.map.delete('a')
    copy.x = 2
  }
  const target = { list: [1, 2, 3], map: new Map([['a', 1]]), x: 1 }
  const { value } = await pool.patch(target, [{ fn }])
  assert.deepEqual(value, { list: [1], map: new Map(), x: 2 })
})

/* oxlint-enable no-extend-native */

test('what cannot cross is refused before any task runs', async () => {
  const fn = () => {}
  await assert.rejects(pool.patch({ a: () => {} }, [{ fn }]), {
    code: 'ERR_ISOLANE_NOT_CLONEABLE',
  })
  const thrown = new Error('mine')
  const target = {
    get a() {
      throw thrown
    },
  }
  await assert.rejects(pool.patch(target, [{ fn }]), thrown)
  // A Proxy is read as its target would be.
  assert.deepEqual((await pool.patch(new Proxy({ a: 1 }, {}), [{ fn }])).value, { a: 1 })
})

test('wrong tasks and options are named', async () => {
  const fn = () => {}
  const refused = (tasks, options, message) =>
    assert.rejects(pool.patch({}, tasks, options), {
      code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      message,
    })
  await refused({ fn }, {}, /tasks must be an array of/)
  await refused([fn], {}, /tasks\[0\] must be an object/)
  await refused([{ fn, path: [] }], {}, /There is no 'path' in a task/)
  await refused([{}], {}, /^tasks\[0\]\.fn must be a function/)
  await refused([{ fn }, { fn: Math.max }], {}, /^tasks\[1\]\.fn \(max\) is native/)
  const table = { entry: 'a', modules: [{ id: '', source: '' }] }
  await refused([{ fn: table }], {}, /^tasks\[0\]\.fn\.modules\[0\]\.id/)
  await refused([{ fn, paths: ['a'] }], {}, /tasks\[0\]\.paths\[0\] must be an array of steps/)
  await refused([{ fn }], { onError: 'settle' }, /options\.onError must be one of 'omit', 'reject'/)
  await refused([{ fn }], { onConflict: 'any' }, /options\.onConflict must be/)
  await refused([{ fn }], { key: 1 }, /options\.key must be/)
  await refused([{ fn }], { nope: 1 }, /There is no option 'nope'/)
  const closed = new Pool({ threads: 1 })
  await closed.close()
  await assert.rejects(closed.patch({}, [{ fn }]), { code: 'ERR_ISOLANE_POOL_CLOSED' })
})

test('no tasks leave the target as it is', async () => {
  const target = {}
  assert.deepEqual(await pool.patch(target, []), {
    value: target,
    applied: [],
    conflicts: [],
    failures: [],
  })
})

const endless = () => {
  for (;;);
}

test('a signal ends all tasks, and the call with them', async () => {
  const controller = new AbortController()
  const call = pool.patch({}, [{ fn: endless }, { fn: endless }], { signal: controller.signal })
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(call, { code: 'ERR_ISOLANE_ABORTED', cause: reason })
  await assert.rejects(pool.patch({}, [{ fn: endless }], { signal: controller.signal }), {
    code: 'ERR_ISOLANE_ABORTED',
  })
})

test('what is not about one task rejects the call', async () => {
  const other = new Pool({ threads: 1 })
  const call = other.patch({}, [{ fn: endless }])
  const ended = assert.rejects(call, { code: 'ERR_ISOLANE_POOL_CLOSED' })
  await other.destroy()
  await ended
  const full = new Pool({ threads: 1, maxQueue: 1 })
  const fn = () => {}
  const tasks = Array.from({ length: 20 }, () => ({ fn }))
  await assert.rejects(full.patch({}, tasks), { code: 'ERR_ISOLANE_QUEUE_FULL' })
  await full.destroy()
})

test('a call that has failed by one task ends the others', async () => {
  const fails = () => {
    throw new Error('mine')
  }
  await assert.rejects(pool.patch({}, [{ fn: endless }, { fn: fails }], { onError: 'reject' }), {
    code: 'ERR_ISOLANE_FUNCTION',
  })
  // Else both workers would never come to this.
  assert.deepEqual(await pool.map([1, 2, 3], (x) => x), [1, 2, 3])
})

test('at a path things may come, go, or become something else', async () => {
  const changed = async (target, fn, ...paths) =>
    (await pool.patch(target, [{ fn, paths }], { key: 'id' })).value
  const map = () => ({ m: new Map([['a', 1]]), s: new Set([1]), l: [{ id: 1 }], o: { x: 1 } })
  const gone = (copy) => {
    copy.m.delete('a')
    copy.s.delete(1)
    copy.l.pop()
    delete copy.o.x
  }
  const everywhere = [
    ['m', { entry: 'a' }],
    ['s', { member: 1 }],
    ['l', { key: 'id', is: 1 }],
    ['o', 'x'],
  ]
  assert.deepEqual(await changed(map(), gone, ...everywhere), {
    m: new Map(),
    s: new Set(),
    l: [],
    o: {},
  })
  const came = (copy) => {
    copy.m.set('a', 2)
    copy.s.add(1)
    copy.l.unshift({ id: 1 })
    copy.o.x = undefined
  }
  const empty = { m: new Map(), s: new Set(), l: [{ id: 2 }], o: {} }
  assert.deepEqual(await changed(empty, came, ...everywhere), {
    m: new Map([['a', 2]]),
    s: new Set([1]),
    l: [{ id: 1 }, { id: 2 }],
    o: { x: undefined },
  })
  const deep = await changed({ m: {} }, (copy) => void (copy.m.x = { y: 1 }), ['m', 'x', 'y'])
  assert.deepEqual(deep, { m: { x: { y: 1 } } })
  const other = await changed({ m: { x: 1 } }, (copy) => void (copy.m = [1]), ['m', 'x'])
  assert.deepEqual(other, { m: [1] })
  const shorter = await changed({ l: [1, 2, 3] }, (copy) => void copy.l.pop(), ['l', 2])
  assert.deepEqual(shorter, { l: [1, 2] })
  // Of paths that cover each other one is enough.
  const same = await changed(
    { m: { l: 1 } },
    (copy) => void (copy.m.l = 2),
    ['m'],
    ['m'],
    ['m', 'l'],
  )
  assert.deepEqual(same, { m: { l: 2 } })
})

test('a value with a cycle that two tasks set is a conflict like others', async () => {
  const fn = (copy) => {
    copy.a = {}
    copy.a.self = copy.a
  }
  const { value, conflicts } = await pool.patch({ a: 1 }, [{ fn }, { fn }])
  assert.equal(value.a.self, value.a)
  assert.equal(conflicts.length, 1)
})

test('memory that both sides share is one for all copies', onlyNode, async () => {
  const counter = new Int32Array(new SharedArrayBuffer(4))
  const fn = (copy) => void Atomics.add(copy.counter, 0, 1)
  const { value } = await pool.patch({ counter }, [{ fn }, { fn }])
  assert.equal(value.counter, counter)
  assert.equal(counter[0], 2)
})
