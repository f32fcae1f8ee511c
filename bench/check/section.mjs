import { readFileSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { check, rules } from 'isolane/check'
import { interleave, measure } from '../lib/measure.mjs'
import { ISOLANE } from '../peers/contenders.mjs'

const MIB = 1 << 20
/** Of which a bundle is made: what the checkout has installed, pinned by the lock file. */
const PACKAGES = ['acorn', 'mysql2', 'pg', 'poolifier', 'workerpool', 'fast-json-patch', 'keyv']
/** A function as services have them. */
const FUNCTION = `(item, index, { shared }) => {
  const rate = shared.rates.find(({ from, to }) => from <= item.date && item.date < to)
  if (rate === undefined) return { id: item.id, price: null }
  const nights = item.nights.filter((night) => !night.free).length
  return { id: item.id, price: Math.round(rate.price * nights * (1 - (item.discount ?? 0))) }
}`

const METRICS = [
  { key: 'cpuMs', label: 'CPU ms' },
  { key: 'wallMs', label: 'wall ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
  { key: 'delayMaxMs', label: 'delay max ms' },
]

/** Sources judged by all rules, off the main thread. */
export const checkSection = {
  name: 'check',
  async run({ rounds, note }) {
    note('sources, by all rules')
    const all = Object.fromEntries(rules().map(({ name }) => [name, 'error']))
    const judge = (form) => (source) => check(source, { extends: 'none', rules: all, form })
    const cases = new Map([
      [ISOLANE, { source: bundle(MIB), judge: judge('commonjs') }],
      ['64 KiB', { source: bundle(MIB / 16), judge: judge('commonjs') }],
      ['one function', { source: FUNCTION, judge: judge('function') }],
    ])
    const { [ISOLANE]: large, ...less } = await interleave(cases, rounds, sample, 1)
    return [
      { id: 'check', title: 'a bundle of 1 MiB', metrics: METRICS, samples: { [ISOLANE]: large } },
      { id: 'check-less', title: 'shorter sources', metrics: METRICS, samples: less },
    ]
  },
}

async function sample({ source, judge }) {
  // What V8 still sweeps of the last turn is not of this one.
  await judge(source)
  const { value, ...costs } = await measure(async () => {
    const before = process.cpuUsage()
    const found = await judge(source)
    const { user, system } = process.cpuUsage(before)
    if (found.some(({ rule }) => rule === 'syntax')) throw new Error(found[0].message)
    return (user + system) / 1e3
  })
  return { ...costs, cpuMs: value }
}

/** Modules of CommonJS, each in a function of its own, as bundlers join them. */
function bundle(bytes) {
  const parts = []
  let length = 0
  for (const text of modules()) {
    const part = `function (module, exports, require) {\n${text}\n},\n`
    if (length + part.length > bytes) continue
    length += part.length
    parts.push(part)
  }
  if (length < 0.9 * bytes) throw new Error(`The modules of ${PACKAGES} have ${length} bytes`)
  return `module.exports = [\n${parts.join('')}]\n`
}

function modules() {
  const folder = fileURLToPath(new URL('../../node_modules/', import.meta.url))
  return PACKAGES.flatMap((name) => {
    const files = readdirSync(join(folder, name), { recursive: true }).sort()
    const isModule = (file) => /\.c?js$/.test(file) && !file.split(sep).includes('node_modules')
    return files.filter(isModule).map((file) => readFileSync(join(folder, name, file), 'utf8'))
  }).filter((text) => !text.startsWith('#!') && isCommonJs(text))
}

/** What a bundler would take for one, and nobody has minified. */
function isCommonJs(text) {
  const hasExports = /\b(module\.)?exports\b/.test(text) && !/^(import|export)\b/m.test(text)
  return hasExports && text.length / text.split('\n').length < 200
}
