/**
 * The examples of `docs/rules` with a few changes, judged by rules that are drawn: findings whose places
 * are of the source, or an error of the library.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { check, explain, rules } from 'isolane/check'
import { Finding, isTyped, shown } from '../finding.mjs'

export const engines = [undefined]
export const block = 2000

/** A source is short; the tree of one of a megabyte takes less. */
const BOUND_MB = 700
const EDITS = 3
const EXAMPLES = examples()
const RULES = rules().map(({ name }) => name)
/** What a source may break at; the last are halves of a character. */
const PIECES = Array.from('(){}[]`\'"/\\;,.=<>#@!?:\n\r\0\u2028\ufeff').concat(
  [
    '=>',
    '${',
    '/*',
    '*/',
    '//',
    '...',
    '?.',
    'async ',
    'await ',
    'yield ',
    'function ',
    'class A{',
  ],
  ['import ', 'export ', 'require(', 'eval(', 'this', 'shared', 'for(;;)', 'with(a)', '/(a*)*$/'],
  ['/\\s+$/', '// isolane-disable-next-line no-eval\n', '😀', '\ud83d', '\ude00'],
)

export async function open() {
  return {
    boundMb: BOUND_MB,
    hasNoPool: true,
    async round(_, random) {
      const source = changed(random, random.pick(EXAMPLES))
      const options = draw(random)
      const ask = random.chance(0.2) ? explain : check
      const answer = await ask(source, options).catch((error) => error)
      if (answer instanceof Error) {
        if (isTyped(answer)) return answer.code
        throw new Finding('untyped error', `${shown(answer)}\nfor ${told(source, options)}`)
      }
      const found = answer.findings ?? answer
      for (const each of found) assertPlace(each, source, options)
      return found.some(({ rule }) => rule === 'syntax') ? 'syntax' : `${ask.name} answers`
    },
    async close() {},
  }
}

function assertPlace(finding, source, options) {
  const { start, end, line, column, message, frame } = finding
  const isRight =
    0 <= start &&
    start <= end &&
    end <= source.length &&
    line >= 1 &&
    column >= 1 &&
    message !== '' &&
    !/[\n\r]/.test(message) &&
    !message.includes('could not be checked') &&
    !/\p{Cc}/u.test(frame.replaceAll('\n', '').replaceAll('\u001b', ''))
  if (!isRight) throw new Finding('a finding', `${shown(finding)}\nfor ${told(source, options)}`)
}

const told = (source, options) => `${JSON.stringify(source)} with ${shown(options)}`

function changed(random, text) {
  for (let edits = random.integer(0, EDITS); edits > 0; edits--) {
    const at = random.integer(0, text.length)
    const until = Math.min(text.length, at + random.integer(0, 20))
    const put = random.pick([
      () => random.pick(PIECES),
      () => random.pick(PIECES).repeat(random.integer(2, 300)),
      () => text.slice(random.integer(0, at), until),
      () => random.pick(EXAMPLES),
      () => '',
    ])()
    text = text.slice(0, at) + put + text.slice(random.chance(0.5) ? at : until)
  }
  return text
}

function draw(random) {
  const maybe = (key, ...values) => (random.chance(0.3) ? { [key]: random.pick(values) } : {})
  return {
    ...maybe('extends', 'recommended', 'recommended-node', 'strict', 'none'),
    ...maybe('engine', 'v8', 'node'),
    ...maybe('rules', ruleSettings(random)),
    ...maybe('globals', { a: 'readonly', item: 'writable', eval: 'off' }),
    ...maybe('custom', { mine: custom(random) }),
    ...maybe('allowSuppressions', true, false),
    ...maybe('form', 'auto', 'function', 'commonjs', 'module'),
    ...maybe('language', 'js', 'ts', 'tsx'),
    ...maybe('filename', 'a.js', 'b.tsx', ''),
    ...maybe('name', 'price', '@/price'),
    ...maybe('modules', ['price', 'tax'], { tax: ['@/price'], price: ['./tax'] }),
    ...maybe('maxDiagnostics', 1, 3, 100),
    ...maybe('color', true),
  }
}

/** Some are wrong: then the check is refused. */
function ruleSettings(random) {
  const names = random.sample(RULES, random.integer(1, 5))
  const right = ['off', 'warn', 'error', true, ['error']]
  const wrong = [
    ['warn', 2],
    ['error', 'a'],
    ['error', {}],
  ]
  const settings = random.chance(0.2) ? right.concat(wrong) : right
  return { ...Object.fromEntries(names.map((name) => [name, random.pick(settings)])), mine: 'warn' }
}

/** A rule that looks at every node, and now and then reports what is no place. */
function custom(random) {
  const isOdd = random.chance(0.1)
  return {
    create: (context) => ({
      '*': (node) => {
        if (context.sourceCode.getText(node).length < 3) context.report({ node, message: 'short' })
        if (isOdd) context.report({ start: node.end + 1, end: node.start, message: 'odd' })
      },
    }),
  }
}

function examples() {
  const folder = new URL('../../../docs/rules/', import.meta.url)
  const pages = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))
  return pages.flatMap((page) =>
    [...page.matchAll(/^```js (?:bad|good).*\n([^]*?)^```/gm)].map(([, code]) => code),
  )
}
