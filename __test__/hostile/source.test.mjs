import { describe, it } from 'node:test'
import { BOUNDED, survives, THROWS, VALUE } from './support.mjs'

describe('hostile: source text and capabilities', { concurrency: 2 }, () => {
  const LOAD = ['ERR_ISOLANE_SOURCE', 'ERR_ISOLANE_INVALID_ARGUMENT', THROWS]
  const cases = {
    '31 import()': ["() => import('x')", THROWS],
    '31 the constructor of async functions': [
      "async () => (async () => {}).constructor('return typeof process')()",
      VALUE,
      { value: '"undefined"' },
    ],
    '32 the way out through constructors': [
      "function () { return [this, globalThis, console, console.log, Promise.resolve()].map((o) => { try { return o.constructor.constructor('return typeof process + typeof require + typeof Deno')() } catch { return 'none' } }).join() }",
      VALUE,
      { value: `"${['none', ...Array(4).fill('undefined'.repeat(3))].join()}"` },
    ],
    '32 the way out through callers': [
      'function () { try { return String(arguments.callee.caller) } catch (error) { return error.name } }',
      VALUE,
      { value: '"TypeError"' },
    ],
    '32 the driver through the context': [
      '(x, context) => [typeof context.constructor, Object.keys(context).join(), typeof context.log.caller]',
      [VALUE, THROWS],
    ],
    '34 there is no require': ["() => require('../../etc/passwd')", THROWS, { message: /require/ }],
    '35 breaking out of the wrapper': ['() => 1)});globalThis.evil = 1;({', LOAD],
    '35 a comment up to the end': ['() => 42 // }', VALUE, { value: '42' }],
    '35 an HTML comment': ['() => 1 <!-- 2', BOUNDED.concat(LOAD)],
    '35 NUL and lone surrogates': ["() => '\u0000\ud800'.length", VALUE, { value: '2' }],
    '35 a hashbang': ['#!/usr/bin/env node\n() => 1', LOAD],
    '35 import.meta': ['() => import.meta', LOAD],
    '35 await at the top': ['await (() => 1)', LOAD],
    '35 a spoofed sourceURL': ['() => { throw new Error("x") } //# sourceURL=/etc/passwd', THROWS],
    '35 parameters that close the function': ['(a){}, function evil(', LOAD],
    '35 a text that loops as it is evaluated': ['(() => { for (;;); })()', ['ERR_ISOLANE_TIMEOUT']],
    '35 a text that throws as it is evaluated': [
      "(() => { throw new Error('early') })()",
      [...LOAD, 'ERR_ISOLANE_SOURCE'],
    ],
    '39 random numbers differ': ['() => Math.random() !== Math.random()', VALUE, { value: 'true' }],
  }
  for (const [name, [source, expected, more]] of Object.entries(cases)) {
    it(name, () => survives(source, expected, more))
  }
})
