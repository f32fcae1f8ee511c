/** What `isolane check --format sarif` prints is SARIF: by the schema of its standard, and where that cannot tell. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import Ajv from 'ajv'

import { root } from '../../scripts/lib/paths.mjs'
import { markdown } from '../package/markdown.mjs'
import { bad, doubtful, folderWith, good } from './support.mjs'

const json = (...path) => JSON.parse(readFileSync(join(root, 'node_modules', ...path), 'utf8'))
const ajv = new Ajv({ schemaId: 'id', meta: false, allErrors: true })
ajv.addMetaSchema(json('ajv', 'lib', 'refs', 'json-schema-draft-04.json'))
const isSarif = ajv.compile(
  json('@microsoft', 'jest-sarif', 'lib', 'schemas', 'sarif-2.1.0-rtm.5.json'),
)

/** A file for each example of the rules' pages. */
const examples = Object.fromEntries(
  markdown('docs/check.md')
    .section('Rules')
    .flatMap(({ rule }) => {
      const name = /`([^`]+)`/.exec(rule)[1]
      const blocks = markdown(`docs/rules/${name}.md`).blocks
      const code = blocks.filter(({ info }) => info.startsWith('js bad')).map((each) => each.code)
      return code.map((text, index) => [`rules/${name}-${index}.js`, text])
    }),
)
const folder = folderWith({
  ...examples,
  'good.js': good,
  'bad.js': bad,
  'doubtful.js': doubtful,
  'broken.js': '(a) => {',
  'wide.js': '(a) => "😀" +\r\n\tmissing\u2028+ missing',
  'types.ts': 'export default (a: number): string => missing as any',
  'suppressed.js': '// isolane-disable-next-line no-eval\n() => 1\n',
  'a b/ö #1?%.js': bad,
  'own.mjs': `export default { custom: { mine: {
    create: (context) => ({ Program: (node) => context.report({ node, message: 'mine' }) }) } } }`,
})

async function sarifOf(...words) {
  const { stdout } = await folder.run(['check', ...words, '--format', 'sarif'])
  const log = JSON.parse(stdout)
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors, null, 2))
  assertMeant(log)
  return log.runs[0]
}

/** What the standard says in words. */
function assertMeant({ version, runs }) {
  assert.equal(version, '2.1.0')
  for (const { tool, results, invocations } of runs) {
    const { rules } = tool.driver
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length)
    for (const { ruleId, ruleIndex, locations, message } of results) {
      assert.equal(rules[ruleIndex].id, ruleId)
      assert.ok(message.text.length > 0)
      for (const location of locations) assertPlace(location)
    }
    for (const { toolExecutionNotifications: told, executionSuccessful } of invocations) {
      assert.equal(executionSuccessful, told.length === 0)
    }
  }
}

function assertPlace({ physicalLocation: { artifactLocation, region } }) {
  const { startLine, startColumn, endLine, endColumn } = region
  assert.ok(endLine > startLine || (endLine === startLine && endColumn >= startColumn))
  // A relative one is of the folder that the command runs in.
  const { pathname } = new URL(artifactLocation.uri, 'file:///')
  assert.ok(pathname.length > 1)
}

describe('sarif', () => {
  for (const [name, words] of Object.entries({
    'of nothing found': ['good.js'],
    'of errors and warnings': ['bad.js', 'doubtful.js'],
    'of every rule': ['rules', '--preset', 'strict'],
    'of what cannot be parsed': ['broken.js'],
    'of places beside any characters': ['wide.js'],
    'of TypeScript': ['types.ts'],
    'of a comment that suppresses nothing': ['suppressed.js'],
    'of a name with characters that are not those of a URI': ['a b'],
    'of an absolute path': [folder.at('bad.js')],
    'of rules of the user': ['good.js', '--config', 'own.mjs'],
    'without warnings': ['doubtful.js', '--quiet'],
  })) {
    test(`${name} is valid`, async () => {
      const { results } = await sarifOf(...words)
      assert.equal(results.length === 0, ['of nothing found', 'without warnings'].includes(name))
    })
  }

  test('that is none is refused by the schema', () => {
    assert.equal(isSarif({ version: '2.1.0', runs: [{ results: [] }] }), false)
  })

  test('names files so that they are found again', async () => {
    const [{ locations }] = (await sarifOf('a b')).results
    const { uri } = locations[0].physicalLocation.artifactLocation
    assert.equal(decodeURIComponent(uri), 'a b/ö #1?%.js')
    assert.doesNotMatch(uri, /[ ?#]/)
  })

  test(
    'tells of a file that cannot be read',
    {
      skip: process.getuid?.() === 0 || process.platform === 'win32' ? 'root may read all' : false,
    },
    async () => {
      const own = folderWith({ 'bad.js': bad, 'locked.js': good })
      const { chmodSync } = await import('node:fs')
      chmodSync(own.at('locked.js'), 0)
      const { stdout } = await own.run(['check', '*.js', '--format', 'sarif'])
      const log = JSON.parse(stdout)
      assert.ok(isSarif(log), JSON.stringify(isSarif.errors, null, 2))
      assertMeant(log)
      assert.equal(log.runs[0].invocations[0].executionSuccessful, false)
    },
  )
})
