/** Lines of functions that nobody listens to. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine, onlyV8 } from '../support/engine.mjs'
import { withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const printing = { threads: 1, console: true }

/** What the process prints in which a pool with these options makes the calls of `script`. */
async function printed(script, options = {}) {
  const { code, stdout, stderr } = await runScript(`
    import { Pool } from 'isolane'
    const pool = new Pool(${JSON.stringify({ engine, threads: 1, ...options })})
    ${script}
    await pool.close()
  `)
  assert.equal(code, 0, stderr)
  return { stdout, stderr }
}

/** Runs `use` with a console in place of the host's; gives what was called of it. */
async function withConsole(own, use) {
  const host = globalThis.console
  globalThis.console = own
  try {
    await use()
  } finally {
    globalThis.console = host
  }
}

/** A console that only remembers. */
function memory() {
  const lines = []
  const methods = ['log', 'debug', 'info', 'warn', 'error', 'trace']
  const remember = (method) => [method, (...values) => lines.push([method, ...values])]
  return { lines, ...Object.fromEntries(methods.map(remember)) }
}

describe('a line that nobody listens to', () => {
  it('is printed with the name of its function, before the call has settled', async () => {
    const { stdout, stderr } = await printed(`
      await pool.run(function matchRoom() { console.log('room %d', 5, { a: 1 }) })
      console.log('settled')
    `)
    assert.equal(stdout, '[matchRoom] room 5 { a: 1 }\nsettled\n')
    assert.equal(stderr, '')
  })

  it('goes to the stream that its method has in Node', async () => {
    const { stdout, stderr } = await printed(`
      await pool.run({ name: 'f', source: \`(_, { log }) => {
        for (const to of [console, log]) {
          for (const level of ['debug', 'info', 'trace', 'warn', 'error']) to[level](level)
        }
        console.log('plain')
        log('plain')
        console.assert(false, 'wrong')
      }\` })
    `)
    const lines = (...texts) => texts.map((text) => `[f] ${text}\n`).join('')
    assert.equal(stdout, lines('debug', 'info', 'debug', 'info', 'plain', 'plain'))
    const loud = ['trace', 'warn', 'error']
    assert.equal(stderr, lines(...loud, ...loud, 'Assertion failed wrong'))
  })

  it('is no format', async () => {
    const { stdout } = await printed(`await pool.run({
      name: '%s', source: '() => console.log("100%% %s %d")'
    })`)
    assert.equal(stdout, '[%s] 100%% %s %d\n')
  })

  it('is one line whatever the name of its function', async () => {
    const name = '"a\\nb\\r\\u001b[31m\\u2028\\u202e\\u0085c"'
    const { stdout } = await printed(`await pool.run({
      name: ${name}, source: '() => console.log(1)'
    })`)
    assert.equal(stdout, '[a\\u000ab\\u000d\\u001b[31m\\u2028\\u202e\\u0085c] 1\n')
  })

  it('is printed of calls that fail, and of each item', async () => {
    const { stdout } = await printed(`
      const say = { name: 'say', source: '(x) => { console.log(x); if (x === 2) throw 1 }' }
      await pool.map([1, 2], say, { chunkSize: 1 }).catch(() => {})
    `)
    assert.equal(stdout, '[say] 1\n[say] 2\n')
  })

  it('is not printed once somebody listens, and again when nobody does', () =>
    withPool(printing, async (pool) => {
      const own = memory()
      const heard = []
      const listener = ({ message }) => heard.push(message)
      await withConsole(own, async () => {
        const say = { name: 'say', source: '(x) => console.log(x)' }
        await pool.run(say, 1)
        pool.on('log', listener)
        await pool.run(say, 2)
        pool.off('log', listener)
        await pool.run(say, 3)
      })
      assert.deepEqual(own.lines, [
        ['log', '[say] 1'],
        ['log', '[say] 3'],
      ])
      assert.deepEqual(heard, ['2'])
    }))

  it('goes to the console that the host has by then, in one text', () =>
    withPool(printing, async (pool) => {
      const own = memory()
      const say = { name: 'say', source: '(x) => console.error(x, { a: 1 })' }
      await withConsole(own, () => pool.run(say, 'x'))
      assert.deepEqual(own.lines, [['error', '[say] x { a: 1 }']])
    }))

  for (const [name, own] of Object.entries({
    'that throws': {
      log: () => {
        throw new Error('no')
      },
    },
    'without the method': {},
    'that is none': undefined,
  })) {
    it(`meets a console ${name}: the call gives its result`, () =>
      withPool(printing, async (pool) => {
        await withConsole(own, async () => {
          assert.equal(await pool.run(() => (console.log('line'), 42)), 42)
        })
      }))
  }

  it('is printed by a console that makes calls', () =>
    withPool(printing, async (pool) => {
      const calls = []
      const own = { log: (line) => calls.push(pool.run((x) => x.length, line)) }
      await withConsole(own, () => pool.run({ name: 'f', source: '() => console.log("abc")' }))
      assert.deepEqual(await Promise.all(calls), ['[f] abc'.length])
    }))

  it('is bounded as what listeners get, and says by how much', () =>
    withPool({ ...printing, maxLogRecords: 3 }, async (pool) => {
      const own = memory()
      const flood = { name: 'f', source: '() => { for (let n = 0; n < 10; n++) console.log(n) }' }
      await withConsole(own, () => pool.run(flood))
      assert.deepEqual(
        own.lines.map(([, line]) => line),
        ['[f] 0', '[f] 1', '[f] 2', '[f] [truncated: 7 more records]'],
      )
      assert.equal(pool.stats().truncated.logs, 7)
    }))

  it('is none where the pool explains itself', () =>
    withPool(printing, async (pool) => {
      const own = memory()
      const list = await pool.share('list', { values: [1] }, {})
      const write = { name: 'write', source: '(_, { shared }) => { shared.list.values[0] = 2 }' }
      await withConsole(own, () => pool.run(write, 0, { shared: [list] }).catch(() => {}))
      assert.deepEqual(own.lines, [])
    }))

  it(
    'is what a function writes to the standard streams, on the node engine',
    {
      skip: engine === 'node' ? false : 'only the node engine has it',
    },
    async () => {
      const { stdout, stderr } = await printed(`
      await pool.run({ name: 'f', source: \`() => {
        process.stdout.write('one\\\\ntwo')
        process.stderr.write('three\\\\n')
      }\` })
    `)
      assert.equal(stdout, '[f] one\n[f] two\n')
      assert.equal(stderr, '[f] three\n')
    },
  )
})

describe('a line of a function that brings its own print', () => {
  const talks = (print) => ({
    entry: 'talks@3',
    modules: [{ id: 'talks@3', source: "(x) => { console.warn('%d!', x); return x }" }],
    print,
  })

  it('is given to that where the console would print it, and nowhere else', () =>
    withPool(printing, async (pool) => {
      const [own, printed, heard] = [memory(), [], []]
      const say = talks((entry) => printed.push(entry))
      const listener = ({ message }) => heard.push(message)
      await withConsole(own, async () => {
        await pool.run(say, 1, { callId: 'a' })
        pool.on('log', listener)
        await pool.run(say, 2)
        pool.off('log', listener)
        await pool.run(say, 3, { onLog: listener })
        await pool.map([4], say, { callId: 'b' })
        await pool.run({ name: 'other', source: '() => console.log(5)' })
      })
      const lines = printed.map((entry) => [
        entry.message,
        entry.function,
        entry.callId,
        entry.item,
      ])
      assert.deepEqual(lines, [
        ['1!', 'talks@3', 'a', undefined],
        ['4!', 'talks@3', 'b', 0],
      ])
      const [{ level, place, time, worker }] = printed
      assert.deepEqual([level, place.file, worker], ['warn', 'talks@3', 0])
      assert.ok(time instanceof Date)
      assert.deepEqual(heard, ['2!', '3!'])
      assert.deepEqual(own.lines, [['log', '[other] 5']])
    }))

  it('is given to that of a published function too', () =>
    withPool(printing, async (pool) => {
      const printed = []
      const published = await pool.publish(
        'p',
        talks(({ message }) => printed.push(message)),
      )
      await pool.run(published, 1)
      assert.deepEqual(printed, ['1!'])
    }))

  it('is silent where the console is', () =>
    withPool({ threads: 1, console: false }, async (pool) => {
      const printed = []
      await pool.run(
        talks((entry) => printed.push(entry)),
        1,
      )
      assert.deepEqual(printed, [])
    }))

  it('changes nothing by a print that throws', () =>
    withPool(printing, async (pool) => {
      const say = talks(() => {
        throw new Error('no')
      })
      assert.deepEqual(await pool.map([1, 2], say), [1, 2])
    }))
})

describe('the pool option console', () => {
  const say = `await pool.run(() => { console.log('seen by nobody') })`

  it('is true by default: lines are printed', async () => {
    assert.match((await printed(say)).stdout, /seen by nobody/)
  })

  it('false keeps lines silent', async () => {
    const { stdout, stderr } = await printed(say, { console: false })
    assert.equal(stdout + stderr, '')
  })

  for (const sandbox of [true, { eval: false }]) {
    it(`is false by default with sandbox: ${JSON.stringify(sandbox)}`, onlyV8, async () => {
      const { stdout, stderr } = await printed(say, { sandbox })
      assert.equal(stdout + stderr, '')
    })
  }

  it('true prints the lines of a sandbox too', onlyV8, async () => {
    assert.match((await printed(say, { sandbox: true, console: true })).stdout, /seen by nobody/)
  })
})
