/** What functions log goes to the registry's logger, and changes no call. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { promisify, stripVTControlCharacters } from 'node:util'

import { memory } from '@isolane/functions'

import { hasV8, tenancy, withRegistries } from '../support/registries.mjs'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error']
const talks = "(n) => { console.log('n is %d', n); console.error('!'); return n }"

/** A logger that keeps what it gets. */
function keeper() {
  const kept = []
  const methods = LEVELS.map((level) => [
    level,
    (record, message) => kept.push([level, message, record]),
  ])
  return { kept, ...Object.fromEntries(methods) }
}

describe('the logger of a registry', () => {
  test('gets the lines of all kinds of calls, with what they are about', () =>
    withRegistries(async ({ open, pool }) => {
      const heard = []
      pool.on('log', ({ message }) => heard.push(message))
      const logger = keeper()
      const functions = open({ logger })
      await functions.publish('lib/talks', talks)
      await functions.call('lib/talks', 1, { callId: 'a', ...tenancy, trigger: 'http' })
      const [[level, message, { worker, ...record }], second] = logger.kept.splice(0)
      assert.deepEqual([level, message, typeof worker], ['info', 'n is 1', 'number'])
      assert.deepEqual(record, {
        function: 'lib/talks',
        version: 1,
        callId: 'a',
        tenant: tenancy.tenant,
        trigger: 'http',
        item: undefined,
        file: undefined,
        line: undefined,
      })
      assert.deepEqual(second.slice(0, 2), ['error', '!'])
      assert.deepEqual([second[2].file, second[2].line], ['lib/talks@1', 1])
      await functions.run('lib/talks', 1)
      await functions.map([1], 'lib/talks')
      await functions.callAll('lib/talks', [1])
      assert.equal(logger.kept.length, 6)
      assert.equal(logger.kept[0][2].trigger, 'api')
      assert.deepEqual(
        logger.kept.map(([, , { item }]) => item),
        [undefined, undefined, 0, 0, 0, 0],
      )
      const own = []
      await functions.run('lib/talks', 1, { onLog: ({ message: line }) => own.push(line) })
      const { logs } = await functions.call('lib/talks', 1, { logs: true })
      assert.deepEqual([own.length, logs.length, logger.kept.length, heard], [2, 2, 6, []])
    }))

  test('that throws or rejects fails no call', () =>
    withRegistries(async ({ open }) => {
      const bad = keeper()
      bad.info = () => {
        throw new Error('full')
      }
      bad.error = async () => {
        throw new Error('full')
      }
      const functions = open({ logger: bad })
      await functions.publish('talks', talks)
      assert.equal((await functions.call('talks', 1)).data, 1)
      assert.deepEqual(await functions.map([1, 2], 'talks'), [1, 2])
    }))

  test('that answers with anything, or never, fails no call', () =>
    withRegistries(async ({ open }) => {
      const odd = keeper()
      odd.info = () => ({
        // oxlint-disable-next-line no-thenable
        then() {
          throw new Error('full')
        },
      })
      odd.error = () => new Promise(() => {})
      const functions = open({ logger: odd })
      await functions.publish('talks', talks)
      assert.equal((await functions.call('talks', 1)).data, 1)
      assert.equal(await functions.run('talks', 1), 1)
    }))

  test('that blocks for longer than a call may take fails no call that was in time', () =>
    withRegistries(async ({ open }) => {
      const slow = keeper()
      const never = new Int32Array(new SharedArrayBuffer(4))
      const functions = open({ logger: slow })
      await functions.publish('talks', talks)
      await functions.run('talks', 1)
      slow.info = () => void Atomics.wait(never, 0, 0, 1500)
      const { status, data } = await functions.call('talks', 1, { timeout: 1000 })
      assert.deepEqual([status, data], ['ok', 1])
    }))

  test('gets no lines below a level', () =>
    withRegistries(async ({ open }) => {
      const logger = keeper()
      const functions = open({ logger, logLevel: 'warn' })
      await functions.publish('talks', talks)
      await functions.run('talks', 1)
      assert.deepEqual(
        logger.kept.map(([level]) => level),
        ['error'],
      )
    }))

  test('gets so many lines of a function in a second, and one that tells how many more', () =>
    withRegistries(async ({ open }) => {
      const logger = keeper()
      const functions = open({ logger, maxPerSecond: 3 })
      await functions.publish('many', '() => { for (let i = 0; i < 500; i++) console.log(i) }')
      await functions.publish('one', "() => { console.log('one') }")
      await functions.run('many')
      await functions.run('one')
      await functions.close()
      // A second may have ended in between.
      const dropped = logger.kept.filter(([level]) => level === 'warn')
      const numbers = dropped.map(([, message]) => Number(/^dropped (\d+) lines$/.exec(message)[1]))
      const told = logger.kept.filter(
        ([level, , { function: name }]) => level === 'info' && name === 'many',
      )
      assert.equal(numbers.reduce((sum, n) => sum + n) + told.length, 500)
      assert.ok(told.length <= 6)
      assert.ok(dropped.every(([, , record]) => record.function === 'many'))
      assert.equal(logger.kept.filter(([, message]) => message === 'one').length, 1)
    }))

  test('hears of lines that were dropped at no level below its own', () =>
    withRegistries(async ({ open }) => {
      const levels = {}
      for (const logLevel of LEVELS) {
        const logger = keeper()
        const functions = open({ logger, logLevel, maxPerSecond: 1 })
        await functions.publish('f', '() => { for (let i = 0; i < 50; i++) console.error(i) }')
        await functions.run('f')
        await functions.close()
        const dropped = logger.kept.filter(([, message]) => /^dropped \d+ lines$/.test(message))
        levels[logLevel] = [...new Set(dropped.map(([level]) => level))]
      }
      const [warn, error] = [['warn'], ['error']]
      assert.deepEqual(levels, { trace: warn, debug: warn, info: warn, warn, error })
    }))

  test('is one', () =>
    withRegistries(({ open }) => {
      for (const options of [
        { logger: 1 },
        { logger: { info() {} } },
        { logger: 'json' },
        { logLevel: 'all' },
        { maxPerSecond: 0 },
      ]) {
        assert.throws(() => open({ store: memory(), ...options }), {
          code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        })
      }
    }))
})

/** A program that makes calls of a function which logs. */
const logging = (options, calls, poolOptions = {}) => `
  import { Pool } from 'isolane'
  import { FunctionRegistry, memory } from '@isolane/functions'
  const pool = new Pool(${JSON.stringify({ threads: 1, ...poolOptions })})
  const functions = new FunctionRegistry(pool, { store: memory(), ...${JSON.stringify(options)} })
  await functions.publish('f', "(text) => { console.warn(text, { a: 1 }); return text }")
  ${calls}
  await functions.close()
  await pool.close()`

const warns = logging(
  { logger: 'lines' },
  "await functions.call('f', '50% of\\ntwo', { callId: 'a' })",
)

/** What a program writes, with what runs before it. */
async function outputOf(program, before = '', env = {}) {
  const preload = `data:text/javascript,${encodeURIComponent(before)}`
  const args = ['--import', preload, '--input-type=module', '--eval', program]
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env
  const options = { cwd: import.meta.dirname, env: { ...rest, ...env } }
  return promisify(execFile)(process.execPath, args, options)
}

/** Of that, what goes to the standard output. */
async function written(...program) {
  return (await outputOf(...program)).stdout
}

const onTerminal = 'process.stdout.isTTY = true'

describe("the logger 'lines'", () => {
  test('writes JSON where nobody looks on', async () => {
    const stdout = await written(warns)
    const [line, ...more] = stdout.split('\n')
    assert.deepEqual(more, [''])
    const { time, worker, ...record } = JSON.parse(line)
    assert.ok(!Number.isNaN(Date.parse(time)))
    assert.equal(typeof worker, 'number')
    assert.deepEqual(record, {
      level: 'warn',
      msg: '50% of\ntwo { a: 1 }',
      function: 'f',
      version: 1,
      callId: 'a',
      trigger: 'api',
      file: 'f@1',
      line: 1,
    })
  })

  test('colours levels on a terminal', async () => {
    const stdout = await written(warns, onTerminal)
    // oxlint-disable-next-line no-control-regex
    assert.match(stdout, /^\S+Z \u001b\[33mWARN \u001b\[39m \[f@1\] 50% of \(f@1:1\)\n {4}two/)
  })

  for (const [where, before, env] of [
    ['with NO_COLOR', onTerminal, { NO_COLOR: '1' }],
    [
      'of a Node before 20.12, which has no colours',
      `import util from 'node:util'
      import { syncBuiltinESMExports } from 'node:module'
      delete util.styleText
      syncBuiltinESMExports()
      ${onTerminal}`,
    ],
  ]) {
    test(`writes without colours on a terminal ${where}`, async () => {
      const stdout = await written(warns, before, env)
      assert.match(stdout, /^\S+Z WARN {2}\[f@1\] 50% of \(f@1:1\)\n {4}two \{ a: 1 \}\n$/)
    })
  }

  test('writes for people what they can read, and what forges no line', async () => {
    const { forPeople } = await import('../../dist/logs/lines.js')
    const record = { function: 'f', version: 2 }
    const text = forPeople('warn', record, 'a\tb\n2026 ERROR [g@1] forged \u001b[2J')
    assert.match(
      stripVTControlCharacters(text),
      /^\d{4}-\S+Z WARN  \[f@2\] a\tb\n {4}2026 ERROR \[g@1\] forged \\u001b\[2J$/,
    )
    const placed = { ...record, file: 'lib/f@2\u001b[1m', line: 7 }
    assert.match(
      stripVTControlCharacters(forPeople('error', placed, 'no\nroom')),
      /^\S+Z ERROR \[f@2\] no \(lib\/f@2\\u001b\[1m:7\)\n {4}room$/,
    )
  })
})

describe('a line that nobody listens to', () => {
  const linesOf = (stdout) => stdout.split('\n').slice(0, -1)
  const messages = (stdout) => linesOf(stdout).map((line) => JSON.parse(line).msg)

  test('is written as JSON, of all kinds of calls', async () => {
    const calls = `
      await functions.run('f', 1, { callId: 'a' })
      await functions.map([2], 'f', { callId: 'b' })
      await functions.call('f', 3, { callId: 'c', trigger: 'http' })
      await functions.callAll('f', [4], { callId: 'd', trigger: 'timer' })
      await functions.run('f@1', 5, { callId: 'c' })`
    const told = linesOf(await written(logging({}, calls))).map((line) => {
      const { time, worker, ...record } = JSON.parse(line)
      assert.ok(!Number.isNaN(Date.parse(time)))
      assert.equal(typeof worker, 'number')
      return record
    })
    const [level, rest] = ['warn', { function: 'f', version: 1, file: 'f@1', line: 1 }]
    assert.deepEqual(told, [
      { level, msg: '1 { a: 1 }', ...rest, callId: 'a', trigger: 'api' },
      { level, msg: '2 { a: 1 }', ...rest, callId: 'b', trigger: 'api', item: 0 },
      { level, msg: '3 { a: 1 }', ...rest, callId: 'c', trigger: 'http' },
      { level, msg: '4 { a: 1 }', ...rest, callId: 'd', trigger: 'timer', item: 0 },
      { level, msg: '5 { a: 1 }', ...rest, callId: 'c', trigger: 'api' },
    ])
  })

  test('is written for people on a terminal', async () => {
    const stdout = await written(logging({}, "await functions.run('f', 1)"), onTerminal)
    assert.match(
      stripVTControlCharacters(stdout),
      /^\S+Z WARN {2}\[f@1\] 1 \{ a: 1 \} \(f@1:1\)\n$/,
    )
  })

  test('is not written while somebody does, whoever comes later or goes', async () => {
    const calls = `
      const heard = []
      const listener = ({ message }) => heard.push(message)
      await functions.run('f', 1)
      pool.on('log', listener)
      await functions.run('f', 2)
      await functions.call('f', 3, { trigger: 'http' })
      pool.off('log', listener)
      await functions.run('f', 4)
      await functions.run('f', 5, { onLog: listener })
      console.error(JSON.stringify(heard))`
    const { stdout, stderr } = await outputOf(logging({}, calls))
    assert.deepEqual(messages(stdout), ['1 { a: 1 }', '4 { a: 1 }'])
    assert.deepEqual(JSON.parse(stderr), ['2 { a: 1 }', '3 { a: 1 }', '5 { a: 1 }'])
  })

  for (const [where, poolOptions, skip] of [
    ['console is off', { console: false }],
    ['code is sandboxed', { sandbox: true }, !hasV8],
  ]) {
    test(`is silent where ${where}`, { skip }, async () => {
      const calls = "await functions.run('f', 1); await functions.call('f', 2)"
      const { stdout, stderr } = await outputOf(logging({}, calls, poolOptions))
      assert.equal(stdout + stderr, '')
    })
  }

  test('is written of the levels, and as often, as the registry says', async () => {
    const twice = "await functions.run('f', 1); await functions.run('f', 2)"
    assert.equal(await written(logging({ logLevel: 'error' }, twice)), '')
    assert.equal(await written(logging({ sample: { warn: 0 } }, twice)), '')
    const told = messages(await written(logging({ maxPerSecond: 1 }, twice)))
    assert.deepEqual([told[0], told.length], ['1 { a: 1 }', 2])
  })
})
