/** What `check` and `explain` give for one source. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { check, defineRules, explain } from 'isolane/check'

const rulesOf = (found) => found.map(({ rule }) => rule)

describe('check', () => {
  test('gives all that is known of a finding', async () => {
    const source = '(item) => {\n  return item.price < limit\n}'
    const [found, ...others] = await check(source)
    assert.deepEqual(others, [])
    const { message, help, frame, ...rest } = found
    const start = source.indexOf('limit')
    assert.deepEqual(rest, {
      rule: 'no-undef',
      severity: 'error',
      line: 2,
      column: 23,
      endLine: 2,
      endColumn: 28,
      start,
      end: start + 5,
      url: 'https://github.com/isolane/isolane/blob/main/docs/rules/no-undef.md',
    })
    assert.match(message, /limit/)
    assert.match(help, /args|shared/)
    assert.match(frame, /return item\.price < limit/)
  })

  test('gives nothing for a function in which nothing is found', async () => {
    assert.deepEqual(await check('(item) => item.price * 2'), [])
  })

  test('takes a function for its text, also a method', async () => {
    assert.deepEqual(await check((item) => item * 2), [])
    const { twice } = {
      twice(item) {
        return item * missing
      },
    }
    assert.deepEqual(rulesOf(await check(twice)), ['no-undef'])
  })

  class Shelf {
    #private() {}
    static getPrivate = () => new Shelf().#private
    get top() {
      return 1
    }
  }
  for (const [what, fn, reason] of [
    ['a native function', Math.max, /source \(max\) is native or bound and has no source/],
    ['a bound function', parseInt.bind(null), /is native or bound and has no source/],
    ['a Proxy', new Proxy(() => 1, {}), /source is a Proxy, which has no source/],
    [
      'a getter',
      Object.getOwnPropertyDescriptor(Shelf.prototype, 'top').get,
      /is a getter or setter/,
    ],
    ['a private method', Shelf.getPrivate(), /source \(#private\) is a private method/],
  ]) {
    test(`refuses ${what}, which has no text that could be parsed`, async () => {
      const refused = { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message: reason }
      await assert.rejects(check(fn), refused)
      await assert.rejects(explain(fn), refused)
    })
  }

  test('gives findings in the order of the source', async () => {
    const found = await check('(item) => { debugger; return eval(item) + missing }')
    assert.deepEqual(rulesOf(found), ['no-debugger', 'no-eval', 'no-undef'])
  })

  test('names the file that it was told of', async () => {
    const [found] = await check('missing()', { filename: 'functions/price.js' })
    assert.equal(found.filename, 'functions/price.js')
  })

  test('judges by the globals of the engine', async () => {
    const source = '() => Buffer.alloc(1)'
    assert.equal((await check(source)).length, 1)
    assert.deepEqual(await check(source, { engine: 'node' }), [])
    assert.deepEqual(await check(source, { extends: 'recommended-node' }), [])
    assert.deepEqual(await check(source, { globals: { Buffer: 'readonly' } }), [])
  })

  test('reads TypeScript, in which types are no findings', async () => {
    const source = '(item: Room, index: number): Label => ({ id: item.id as string })'
    assert.deepEqual(await check(source, { language: 'ts' }), [])
    assert.deepEqual(await check(source, { filename: 'label.ts' }), [])
    assert.deepEqual(rulesOf(await check(source)), ['syntax'])
  })

  test('obeys comments that suppress a rule, unless it is not to', async () => {
    const source = '() => {\n  // isolane-disable-next-line no-debugger -- a reason\n  debugger\n}'
    assert.deepEqual(await check(source), [])
    assert.deepEqual(rulesOf(await check(source, { allowSuppressions: false })), ['no-debugger'])
  })

  test('gives so many findings at most, errors before warnings', async () => {
    const source = `() => { ${'debugger; '.repeat(20)} missing }`
    const found = await check(source, { maxDiagnostics: 3 })
    assert.equal(found.length, 3)
    assert.ok(rulesOf(found).includes('no-undef'))
  })

  test('gives frames in colours only where they are asked for', async () => {
    const [plain] = await check('missing')
    assert.ok(!plain.frame.includes('\u001b'))
    const [coloured] = await check('missing', { color: true })
    assert.ok(coloured.frame.includes('\u001b['))
  })
})

describe('places', () => {
  for (const [name, source, expected] of [
    ['behind an emoji', "(a) => '👩‍🚀' + missing", [1, 18]],
    ['in the second of CRLF lines', '(a) =>\r\n  missing', [2, 3]],
    ['behind a byte order mark', '\ufeff(a) => missing', [1, 9]],
    ['behind a lone surrogate', "(a) => '\ud800' + missing", [1, 14]],
    ['behind a NUL in a text', "(a) => '\0' + missing", [1, 14]],
    ['behind a line separator', '(a) =>\u2028missing', undefined],
    ['below a hashbang', '#!/usr/bin/env node\nmissing()', [2, 1]],
  ]) {
    test(`are those of an editor: ${name}`, async () => {
      const found = (await check(source)).find(({ rule }) => rule === 'no-undef')
      assert.equal(source.slice(found.start, found.end), 'missing')
      if (expected !== undefined) assert.deepEqual([found.line, found.column], expected)
    })
  }
})

describe('defined rules', () => {
  test('are laid over what they extend', async () => {
    const base = defineRules({
      extends: 'none',
      rules: { 'no-debugger': 'warn', 'no-eval': 'error' },
    })
    const ours = defineRules({ extends: base, rules: { 'no-eval': 'off' } })
    const found = await check('() => { debugger; eval(1) }', ours)
    assert.deepEqual(
      found.map(({ rule, severity }) => [rule, severity]),
      [['no-debugger', 'warn']],
    )
  })

  test('are frozen, and can be extended by options beside them', async () => {
    const ours = defineRules({ extends: 'none', rules: { 'no-debugger': 'error' } })
    assert.ok(Object.isFrozen(ours) && Object.isFrozen(ours.rules))
    assert.deepEqual(await check('() => { debugger }', { ...ours, rules: {} }), [])
    assert.equal((await check('() => { debugger }', { extends: ours, form: 'function' })).length, 1)
  })

  test('take no rule from a prototype', async () => {
    const rules = Object.create({ 'no-eval': 'error' })
    assert.deepEqual(await check('() => eval(1)', { extends: 'none', rules }), [])
  })
})

describe('explain', () => {
  test('says that shared values are served unfrozen', async () => {
    const proof = await explain((item, index, { shared }) => shared.tags.includes(item.tag))
    assert.deepEqual(proof, { proven: true, findings: [] })
  })

  test('says by which line they stay frozen', async () => {
    const { proven, findings } = await explain('(item) => {\n  item.seen = true\n}')
    assert.equal(proven, false)
    const [{ line, column, message, frame }] = findings
    assert.deepEqual([line, column], [2, 3])
    assert.match(message, /item/)
    assert.match(frame, /item\.seen = true/)
  })
})
