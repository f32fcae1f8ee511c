/** Rules that are functions of the user's. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidTypeError } from 'isolane'
import { check, CheckRuleError, defineRules } from 'isolane/check'

import { rejection } from '../support/pools.mjs'

/** Only the one rule. */
const options = (create, setting = 'error', meta) => ({
  extends: 'none',
  custom: { mine: { meta, create } },
  rules: { mine: setting },
})

describe('a rule of ones own', () => {
  test('reports as any other: place, frame, severity, order', async () => {
    const source = "(a) => '👩‍🚀' + call(a)"
    const create = (context) => ({
      CallExpression: (node) =>
        context.report({
          node,
          message: 'No {{what}}, {{unknown}}.',
          data: { what: 'calls' },
          help: 'Write it out.',
        }),
    })
    // What ends first comes first.
    const [other, found, ...others] = await check(source, {
      ...options(create, 'warn'),
      rules: { mine: 'warn', 'no-undef': 'error' },
    })
    assert.deepEqual([other.rule, found.rule, others.length], ['no-undef', 'mine', 0])
    const { severity, message, help, line, column, start, end, frame, url } = found
    assert.deepEqual(
      { severity, message, help, line, column, url },
      {
        severity: 'warn',
        message: 'No calls, {{unknown}}.',
        help: 'Write it out.',
        line: 1,
        column: 18,
        url: null,
      },
    )
    assert.equal(source.slice(start, end), 'call(a)')
    assert.match(frame, /call\(a\)/)
  })

  test('is on unless it is turned off, as its meta says', async () => {
    const create = (context) => ({ Program: (node) => context.report({ node, message: 'here' }) })
    const severities = async (more) =>
      (await check('1', { ...options(create, true, { severity: 'warn' }), ...more })).map(
        ({ severity }) => severity,
      )
    assert.deepEqual(await severities({}), ['warn'])
    assert.deepEqual(await severities({ rules: {} }), ['warn'])
    assert.deepEqual(await severities({ rules: { mine: 'error' } }), ['error'])
    assert.deepEqual(await severities({ rules: { mine: 'off' } }), [])
    assert.deepEqual(await severities({ rules: { mine: false } }), [])
  })

  test('gets its options, name, file and the source', async () => {
    let seen
    const create = ({ id, options: own, filename, sourceCode }) => {
      seen = { id, own, filename, text: sourceCode.text, type: sourceCode.ast.type }
      return {}
    }
    const source = '(a) => a'
    await check(source, { ...options(create, ['error', { most: 3 }]), filename: 'a.js' })
    assert.deepEqual(seen, {
      id: 'mine',
      own: [{ most: 3 }],
      filename: 'a.js',
      text: source,
      type: 'Program',
    })
  })

  test('meets nodes on the way down and up, with their parents', async () => {
    const way = []
    const create = ({ sourceCode }) => ({
      '*': (node) => way.push(node.type),
      'ArrowFunctionExpression:exit': () => way.push('up'),
      Literal(node) {
        const around = sourceCode.getAncestors(node).map(({ type }) => type)
        way.push(sourceCode.getText(node), node.parent.type, around.at(-1), ...node.range)
      },
    })
    await check('(a) => 5', options(create))
    const from = way.indexOf('ArrowFunctionExpression')
    assert.deepEqual(way.slice(from), [
      'ArrowFunctionExpression',
      'Identifier',
      'Literal',
      '5',
      'ArrowFunctionExpression',
      'ArrowFunctionExpression',
      7,
      8,
      'up',
    ])
  })

  test('may name each type that a tree has', async () => {
    const source = `#!/usr/bin/env node
      import a, { b as c } from 'd' with { type: 'e' }
      import * as all from 'f'
      export * from 'g'
      export { c }
      abstract class K<T extends object> extends all.L implements M<T>, N {
        static { this.#o?.[p]; q\`r\${new.target}\` }
        #o = async function* (this: void) { yield* await import('r') }
        accessor s = class {}
        @t() declare readonly u: unique symbol
        constructor(private v?: [w?: string, ...x: any[]]) { super() }
        abstract get y(): asserts this is T
        abstract z?: typeof import('z')
        [key: string]: unknown
      }
      enum E { A = 1n, B = /c/ as never }
      declare module 'm' { export = n }
      namespace P.Q { import r = S.T; type U = { readonly [V in keyof W]?: W[V] } }
      interface X extends Y { new (): this; (): infer Z extends 1 ? \`a\${b}\` : never; m?(): void }
      out: for (let [i = 0, { ...j }] of [...k]) { if (!i) continue out; else do { break } while (i--) }
      try { switch (c) { case 1: throw (d, e) } } catch { debugger } finally { for (;;); }
      for (const f in g!) h = <I>j satisfies K ?? (l ? typeof m : { n() {}, o: p || q })
      export default async () => { while (r.s) return new T<U>() }`
    const types = new Set()
    const wanted = { language: 'ts', form: 'module' }
    assert.deepEqual(
      await check(source, {
        ...options(() => ({ '*': ({ type }) => void types.add(type) })),
        ...wanted,
      }),
      [],
    )
    assert.ok(types.size > 100, `${types.size} types`)
    const create = () => Object.fromEntries([...types].map((type) => [type, () => {}]))
    assert.deepEqual(await check(source, { ...options(create), ...wanted }), [])
  })

  test('keeps its options where only its severity changes', async () => {
    const seen = []
    const mine = {
      create: (context) => ({
        Program: (node) => {
          seen.push(context.options)
          context.report({ node, message: 'here' })
        },
      }),
    }
    const first = defineRules({ extends: 'none', custom: { mine }, rules: { mine: ['error', 7] } })
    const off = defineRules({ extends: first, rules: { mine: 'off' } })
    const severities = []
    for (const [base, setting] of [
      [first, 'warn'],
      [first, true],
      [off, 'warn'],
      [defineRules({ extends: off, rules: { mine: true } }), 'warn'],
      [first, ['warn']],
    ]) {
      const [found] = await check('1', { extends: base, rules: { mine: setting } })
      severities.push(found.severity)
    }
    assert.deepEqual(severities, ['warn', 'error', 'warn', 'warn', 'warn'])
    assert.deepEqual(seen, [[7], [7], [7], [7], []])
    assert.deepEqual(await check('1', off), [])
  })

  test('sees comments', async () => {
    let comments
    const create = ({ sourceCode }) => {
      comments = sourceCode.getAllComments().map(({ type, value }) => [type, value])
      return {}
    }
    await check('/* one */ (a) => a // two', options(create))
    assert.deepEqual(comments, [
      ['Block', ' one '],
      ['Line', ' two'],
    ])
  })

  test('may keep its messages in meta', async () => {
    const meta = { messages: { deep: 'It is {{n}} deep.' } }
    const create = (context) => ({
      Program: () => context.report({ start: 0, end: 1, messageId: 'deep', data: { n: 3 } }),
    })
    const [{ message, start, end }] = await check('a', options(create, 'error', meta))
    assert.deepEqual([message, start, end], ['It is 3 deep.', 0, 1])
  })

  test('is suppressed by comments, and unused ones are found', async () => {
    const create = (context) => ({
      DebuggerStatement: (node) => context.report({ node, message: 'here' }),
    })
    const comment = '// isolane-disable-next-line mine -- a reason\n'
    assert.deepEqual(await check(`() => {\n${comment}debugger }`, options(create)), [])
    const [unused] = await check(`() => {\n${comment}}`, options(create))
    assert.equal(unused.rule, 'suppression')
  })

  test('is not asked about what cannot be parsed', async () => {
    const create = () => assert.fail('it is asked')
    const found = await check('(', options(create))
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ['syntax'],
    )
  })

  test('reads trees of any depth that can be parsed', async () => {
    let count = 0
    const create = () => ({ ArrayExpression: () => count++ })
    await check(`() => ${'['.repeat(10_000)}${']'.repeat(10_000)}`, options(create))
    assert.equal(count, 10_000)
  })
})

describe('a rule of ones own that is wrong', () => {
  const thrown = new RangeError('too much')
  for (const [what, create, message] of [
    [
      'throws',
      () => {
        throw thrown
      },
      /The rule 'mine' threw at a\.js: RangeError: too much/,
    ],
    [
      'throws at a node',
      () => ({
        Program() {
          throw thrown
        },
      }),
      /RangeError: too much/,
    ],
    ['gives nothing', () => {}, /'mine' gives must be an object of functions; got undefined/],
    ['gives no function', () => ({ Program: 5 }), /Program of 'mine' must be a function; got 5/],
    [
      'is async',
      async () => {
        throw thrown
      },
      /create of the rule 'mine' gives a promise, which nobody awaits/,
    ],
    [
      'is async at a node',
      () => ({
        async Program() {
          throw thrown
        },
      }),
      /Program of the rule 'mine' gives a promise, which nobody awaits/,
    ],
    [
      'gives what can be awaited',
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable
        'Program:exit': () => ({ then() {} }),
      }),
      /Program:exit of the rule 'mine' gives a promise/,
    ],
    [
      'misspells a type',
      () => ({ CallExpresion() {} }),
      /no node of the type 'CallExpresion' in any tree; did you mean 'CallExpression'\?/,
    ],
    [
      'names a type that there is not',
      () => ({ 'Frobnication:exit'() {} }),
      /no node of the type 'Frobnication' in any tree/,
    ],
    ['has a selector', () => ({ 'A > B': () => {} }), /'A > B' is no selector that is known here/],
    [
      'reports nowhere',
      (c) => ({ Program: () => c.report({ message: 'a' }) }),
      /report\.node must be/,
    ],
    [
      'reports outside',
      (c) => ({ Program: () => c.report({ message: 'a', start: 0, end: 99 }) }),
      /report\.end must be an integer from 0 to 1/,
    ],
    [
      'says nothing',
      (c) => ({ Program: (node) => c.report({ node }) }),
      /report\.message of 'mine' must be/,
    ],
    [
      'has no such message',
      (c) => ({ Program: (node) => c.report({ node, messageId: 'a' }) }),
      /meta\.messages\['a'\] of 'mine'/,
    ],
  ]) {
    test(`${what}: the check says which rule, and what it threw`, async () => {
      const error = await rejection(check('1', { ...options(create), filename: 'a.js' }))
      assert.ok(error instanceof CheckRuleError, error.stack)
      assert.deepEqual(
        [error.code, error.rule, error.filename],
        ['ERR_ISOLANE_CHECK_RULE', 'mine', 'a.js'],
      )
      assert.match(error.message, message)
      assert.ok(error.cause === thrown || error.cause instanceof InvalidTypeError)
    })
  }
})
