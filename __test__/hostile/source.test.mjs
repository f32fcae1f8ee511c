import { hostile, SOURCE, THROWS, TIMEOUT, VALUE } from './support.mjs'

const NO_EVAL = { message: /EvalError/, options: { sandbox: { eval: false } } }
const AWAY = 'undefined'.repeat(3)

hostile('source text and capabilities', {
  '31 import()': ["() => import('x')", THROWS],
  '31 eval sees no more than the function': [
    "() => eval('typeof process + typeof require + typeof native')",
    VALUE,
    { value: `"${AWAY}"` },
  ],
  '31 new Function': [
    "() => new Function('return typeof process + typeof require + typeof native')()",
    VALUE,
    { value: `"${AWAY}"` },
  ],
  '31 the constructor of async functions': [
    "async () => (async () => {}).constructor('return typeof process')()",
    VALUE,
    { value: '"undefined"' },
  ],
  '31 the constructor of generators': [
    "() => [...(function* () {}).constructor('yield typeof process')()]",
    VALUE,
    { value: '["undefined"]' },
  ],
  '31 eval where the sandbox has none': ["() => eval('1')", THROWS, NO_EVAL],
  '31 new Function where the sandbox has none': [
    "() => new Function('return 1')()",
    THROWS,
    NO_EVAL,
  ],
  '31 the constructor of async functions where the sandbox has none': [
    "() => (async () => {}).constructor('return 1')()",
    THROWS,
    NO_EVAL,
  ],
  '32 the way out through constructors': [
    "function () { return [this, globalThis, console, console.log, Promise.resolve()].map((o) => { try { return o.constructor.constructor('return typeof process + typeof require + typeof Deno')() } catch { return 'none' } }).join() }",
    VALUE,
    { value: `"${['none', ...Array(4).fill(AWAY)].join()}"` },
  ],
  '32 the way out through callers': [
    'function () { try { return String(arguments.callee.caller) } catch (error) { return error.name } }',
    VALUE,
    { value: '"TypeError"' },
  ],
  '32 the way out through the caller of a sloppy function': [
    'function f() { with ({}) { return [f.caller, f.arguments && typeof f.arguments.callee] } }',
    VALUE,
    { value: '[null,"function"]' },
  ],
  '32 the way out through the frames of a stack': [
    '() => { Error.prepareStackTrace = (_, frames) => frames.map((frame) => [typeof frame.getThis(), typeof frame.getFunction()].join()); return [...new Set(new Error().stack)] }',
    VALUE,
    { value: '["undefined,undefined"]' },
  ],
  '32 the driver through the context': [
    '(x, context) => [Reflect.ownKeys(context).join(), Object.getPrototypeOf(context) === Object.prototype, Object.isFrozen(context.log), context.log.constructor === Function]',
    VALUE,
    { value: '["args,shared,log",true,true,true]' },
  ],
  '34 there is no require': ["() => require('../../etc/passwd')", THROWS, { message: /require/ }],
  '34 nor a module': [
    '() => [typeof module, typeof exports, typeof __dirname].join()',
    VALUE,
    { value: '"undefined,undefined,undefined"' },
  ],
  '35 breaking out of the wrapper': ['() => 1)});globalThis.evil = 1;({', SOURCE],
  '35 breaking out of the wrapper with a second expression': ['() => 1); evil(); (() => 2', SOURCE],
  '35 a comment up to the end': ['() => 42 // }', VALUE, { value: '42' }],
  '35 a comment that is not closed': ['() => 42 /*', SOURCE],
  '35 an HTML comment': ['() => 1 <!-- 2', [VALUE, SOURCE]],
  '35 NUL and lone surrogates': ["() => '\u0000\ud800'.length", VALUE, { value: '2' }],
  '35 a hashbang': ['#!/usr/bin/env node\n() => 1', SOURCE],
  '35 import.meta': ['() => import.meta', SOURCE],
  '35 await at the top': ['await (() => 1)', THROWS, { message: /await is not defined/ }],
  '35 a spoofed sourceURL': [
    '() => { throw new Error("x") } //# sourceURL=/etc/passwd',
    THROWS,
    { message: /x/ },
  ],
  '35 parameters that close the function': ['(a){}, function evil(', SOURCE],
  '35 a text that loops as it is evaluated': ['(() => { for (;;); })()', TIMEOUT],
  '35 a text that throws as it is evaluated': ["(() => { throw new Error('early') })()", THROWS],
  '35 a text that gives no function': ['42', SOURCE],
})
