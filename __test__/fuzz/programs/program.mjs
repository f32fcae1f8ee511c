/** A program: a function's statements, how it ends, and how it is called. */
import { Statements } from './statements.mjs'

/**
 * @typedef {object} Program
 * @property {string[]} statements
 * @property {string} ending
 * @property {boolean} isAsync
 * @property {boolean} isStrict
 * @property {boolean} isLoaded whether it all happens when the source is evaluated, before any call
 * @property {string} operation of the pool
 * @property {object} options of the call, as JSON
 */

/**
 * Draws a program. Its first statement uses the built-in `first`, so that each has its turn.
 *
 * @returns {Program}
 */
export function makeProgram(random, builtIns, first) {
  const grammar = new Statements(random, builtIns)
  const statements = [grammar.statement(builtIns.at(first))]
  for (let left = random.integer(0, 9); left > 0; left--) statements.push(grammar.statement())
  return {
    statements,
    ending: ending(random, grammar),
    isAsync: random.chance(0.2),
    isStrict: random.chance(0.5),
    isLoaded: random.chance(0.1),
    operation: random.chance(0.7)
      ? 'run'
      : random.pick(['map', 'filter', 'forEach', 'reduce', 'stream']),
    options: callOptions(random),
  }
}

function ending(random, grammar) {
  return random.pick([
    () => `return ${grammar.earlier()}`,
    () => `return v[${grammar.made - 1}]`,
    () => 'return v',
    () => `return ${grammar.value()}`,
    () => `throw ${grammar.earlier()}`,
    () => `throw ${grammar.error()}`,
    () => `return ${grammar.promise()}`,
    () => `return [${grammar.hostile()}]`,
    () => '',
  ])()
}

function callOptions(random) {
  const isStateful = random.chance(0.2)
  return {
    timeout: random.pick([100, 100, 100, 100, 200, 200, 400, 1500]),
    ...(isStateful && { stateful: true, tenant: random.pick(['one', 'two']) }),
    ...(!isStateful && random.chance(0.1) && { fresh: true }),
    ...(random.chance(0.3) && { onError: random.pick(['settle', 'omit', 'original', 'reject']) }),
    ...(random.chance(0.2) && { onTimeout: 'partial' }),
    ...(random.chance(0.2) && { chunkSize: random.integer(1, 4) }),
  }
}

/** The program's text: the source of its function. */
export function textOf({ statements, ending: last, isAsync, isStrict, isLoaded }) {
  const head = `${isAsync ? 'async ' : ''}function program(item, index, last) {`
  const strict = isStrict ? ["'use strict'"] : []
  const lines = [
    ...strict,
    'const context = last ?? index',
    'const v = [item]',
    ...statements,
    last,
  ]
  const body = lines.map((line) => `  ${line}`)
  const text = [head, ...body, '}'].join('\n')
  return isLoaded ? `(${text})(1, 2, { log() {} })` : text
}
