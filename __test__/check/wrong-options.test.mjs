/** Options that are wrong are refused, with the nearest name there is. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidRangeError, InvalidTypeError } from 'isolane'
import { check, checkFiles, defineRules } from 'isolane/check'

import { rejection } from '../support/pools.mjs'

const rule = { create: () => ({}) }
const cyclic = {}
cyclic.extends = cyclic
const loop = ['error']
loop.push(loop)

for (const [what, options, message] of [
  [
    'an option that there is not',
    { rule: {} },
    /There is no option 'rule'; the options are .*rules/,
  ],
  ['options that are no object', 5, /options must be an object; got 5/],
  [
    'a preset that there is not',
    { extends: 'recomended' },
    /options\.extends must be one of 'recommended'/,
  ],
  ['rules that extend themselves', cyclic, /does it extend itself/],
  ['an engine that there is not', { engine: 'v9' }, /options\.engine must be one of 'v8', 'node'/],
  [
    'a rule that there is not',
    { rules: { 'no-undfe': 'error' } },
    /There is no rule 'no-undfe'; did you mean 'no-undef'\?/,
  ],
  [
    'a rule unlike any other',
    { rules: { frobnicate: 'error' } },
    /There is no rule 'frobnicate'; the rules are complexity, /,
  ],
  ['a rule of a prototype', { rules: { constructor: 'error' } }, /There is no rule 'constructor'/],
  [
    'a severity that there is not',
    { rules: { 'no-undef': 'warning' } },
    /options\.rules\['no-undef'\] must be .*Did you mean 'warn'\?/,
  ],
  [
    'a severity of ESLint 1',
    { rules: { 'no-undef': 2 } },
    /options\.rules\['no-undef'\] must be 'off', 'warn', 'error'/,
  ],
  ['no severity', { rules: { 'no-undef': [] } }, /options\.rules\['no-undef'\] must be/],
  [
    'presets that are a list',
    { extends: ['recommended', 'strict'] },
    /options\.extends must be 'recommended', .*'none', or rules; got \[/,
  ],
  ['no preset', { extends: null }, /options\.extends must be 'recommended', .*; got null/],
  [
    'rules in a Map, which has no properties',
    { rules: new Map([['no-eval', 'off']]) },
    /options\.rules must be an object; got Map\(1\)/,
  ],
  ['modules in a Map', { modules: new Map() }, /options\.modules must be an array of names/],
  ['rules that are a list', { rules: ['no-undef'] }, /options\.rules must be an object/],
  [
    'options of a rule that are no JSON',
    { rules: { complexity: loop } },
    /options\.rules\['complexity'\] must be what JSON can hold/,
  ],
  [
    'an option that a rule has not',
    { rules: { complexity: ['error', { most: 3 }] } },
    /options\.rules\.complexity.*; the rule's options are number \| \{ max\?: number \}$/,
  ],
  [
    'an option of a wrong type',
    { rules: { complexity: ['error', 'much'] } },
    /options\.rules\.complexity/,
  ],
  [
    'a kind of global that there is not',
    { globals: { a: true } },
    /options\.globals\['a'\] must be one of 'readonly', 'writable', 'off'/,
  ],
  ['a form that there is not', { form: 'esm' }, /options\.form must be one of/],
  ['a language that there is not', { language: 'coffee' }, /options\.language must be one of 'js'/],
  ['modules that are no names', { modules: [5] }, /options\.modules\[0\] must be a name/],
  [
    'no findings at most',
    { maxDiagnostics: 0 },
    /options\.maxDiagnostics must be an integer from 1/,
  ],
  [
    'a rule of its own without create',
    { custom: { mine: {} } },
    /options\.custom\['mine'\] must be a rule/,
  ],
  [
    'a rule of its own with a name of isolane',
    { custom: { 'no-undef': rule } },
    /isolane has a rule 'no-undef'/,
  ],
  [
    'a rule of its own with a name that no comment can have',
    { custom: { 'a, b': rule } },
    /'a, b' cannot be the name of a rule/,
  ],
]) {
  test(`${what}: refused by every call`, async () => {
    const refusals = [
      await rejection(check('1', options)),
      await rejection(checkFiles('.', options)),
    ]
    const own = typeof options === 'object' && Object.keys(options)[0]
    if (['extends', 'engine', 'rules', 'globals', 'custom'].includes(own)) {
      // The addon judges the options of its rules, and only when there is a source.
      if (!/options\\\.rules\\\.complexity/.test(message.source)) {
        assert.throws(() => defineRules(options), { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message })
      }
    }
    for (const error of refusals) {
      assert.ok(
        error instanceof InvalidTypeError || error instanceof InvalidRangeError,
        error.stack,
      )
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, message)
    }
  })
}

describe('a source that is none', () => {
  for (const source of [undefined, null, 5, {}, ['() => 1'], Buffer.from('() => 1')]) {
    test(String(source), async () => {
      const error = await rejection(check(source))
      assert.ok(error instanceof InvalidTypeError)
      assert.match(error.message, /source must be a text or a function/)
    })
  }
})

describe('patterns that are none', () => {
  for (const patterns of [undefined, [], [5], '', ['a', ''], 'a\0b', {}]) {
    test(JSON.stringify(patterns) ?? 'undefined', async () => {
      const error = await rejection(checkFiles(patterns))
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
    })
  }
})
