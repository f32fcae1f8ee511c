/**
 * What TypeScript and Rust must have alike: each number and name that crosses between them is defined
 * once in either language, and is the same in both.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { root } from '../../scripts/lib/paths.mjs'

/** Names in TypeScript; Rust has them in its own spelling, as constants, modules of constants or enums. */
const names = [
  // addon/codes.ts: isolane-wire
  'OpCode',
  'TagBit',
  'PRIORITY_SHIFT',
  'CommandWord',
  'OpenWord',
  'AppendWord',
  'PartWord',
  'EventCode',
  'EventWord',
  'Step',
  'Frame',
  'Found',
  // protocol.ts and driver/contract.ts: isolane-driver
  'ALIGNMENT',
  'CODEC',
  'Control',
  'FIRST_PROPERTY',
  'FUNCTION_PREFIX',
  'FreezeMode',
  'FunctionForm',
  'INVALID_JSON',
  'LINK_FAULT',
  'ModuleFormat',
  'PLACES',
  'PLAIN_TEXT',
  'PRELUDE_NAME',
  'PRIORITIES',
  'SALVAGE',
  'Status',
  'TextKind',
  'WORD',
]

const typeScript = read('npm/isolane/src', '.ts')
const rust = readdirSync(join(root, 'crates')).flatMap((crate) =>
  read(`crates/${crate}/src`, '.rs'),
)

describe('what crosses as a number', () => {
  for (const name of names) {
    test(`${name} is the same in TypeScript and Rust, and defined once in each`, () => {
      const ours = only(typeScript.flatMap(({ path, text }) => inTypeScript(path, text, name)))
      const theirs = only(rust.flatMap(({ path, text }) => inRust(path, text, snake(name))))
      assert.deepEqual(theirs.value, ours.value, `${theirs.path} and ${ours.path}`)
    })
  }

  test('is on this list, if Rust has it where such numbers are', () => {
    const listed = new Set(names.map(snake))
    for (const { path, text } of rust) {
      if (!/(isolane-wire\/src\/codes|isolane-driver\/src\/protocol)\.rs$/.test(path)) continue
      const defined = [...text.matchAll(/^pub\S* (?:mod|const|enum) (\w+)/gm)]
      for (const [, name] of defined) assert.ok(listed.has(snake(name)), `${name} of ${path}`)
    }
  })

  test('is on this list, if TypeScript has it among the codes of the wire', () => {
    const { text } = typeScript.find(({ path }) => path.endsWith('addon/codes.ts'))
    const defined = [...text.matchAll(/^export const (\w+)/gm)].map(([, name]) => name)
    assert.ok(defined.length > 10)
    for (const name of defined) assert.ok(names.includes(name), name)
  })
})

function only(definitions) {
  const places = definitions.map(({ path }) => path)
  assert.equal(definitions.length, 1, `defined in ${places.join(', ') || 'no file'}`)
  return definitions[0]
}

/** The definitions of a constant or of an object of constants. */
function inTypeScript(path, text, name) {
  const definition = new RegExp(
    `^\\s*(?:export )?const ${name}(?:: [^=]+)? = (\\{(?:.*\\}|[^]*?\\n\\})|.+?)(?: as const)?;?$`,
    'gm',
  )
  return [...text.matchAll(definition)].map(([, source]) => {
    const value = evaluate(source)
    return { path, value: typeof value === 'object' ? entriesOf(Object.entries(value)) : value }
  })
}

/** The definitions of a constant, of a module of constants or of an enum. */
function inRust(path, text, name) {
  const single = new RegExp(`^(?:pub\\S* )?const ${name.toUpperCase()}: [^=]+ = (.+);$`, 'gm')
  const group = new RegExp(`^(?:pub\\S* )?(?:mod|enum) (\\w+) \\{([^}]*)\\}`, 'gm')
  const entry = /^\s+(?:pub\S* const )?(\w+)(?:: \w+)? = ([^;,]+)[;,]$/gm
  // Other enums have no numbers.
  const groups = [...text.matchAll(group)]
    .filter(([, found]) => snake(found) === name)
    .map(([, , body]) => [...body.matchAll(entry)])
    .filter((entries) => entries.length > 0)
  return [
    ...[...text.matchAll(single)].map(([, source]) => ({ path, value: evaluate(source) })),
    ...groups.map((entries) => ({
      path,
      value: entriesOf(entries.map(([, key, source]) => [key, evaluate(source)])),
    })),
  ]
}

/** Literals and shifts of them read alike in both languages. */
function evaluate(source) {
  assert.match(source, /^[\w\s{}:,'"/`.*;@()<>=[\]+-]+$/, source)
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- of constants in our sources
  return new Function(`return (${source})`)()
}

function entriesOf(entries) {
  return Object.fromEntries(
    entries.map(([key, value]) => [snake(key), value]).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** `OpenWord`, `open_word` and `OPEN_WORD` are one name. */
function snake(name) {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
}

function read(folder, end) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(end))
    .map((name) => ({
      path: `${folder}/${name}`,
      text: readFileSync(join(root, folder, name), 'utf8'),
    }))
}
