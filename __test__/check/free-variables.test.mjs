/**
 * Free variables agree with what eslint's `no-undef` reports: the references that eslint's analysis of scopes
 * leaves over, but for operands of `typeof`. Over the sources of packages that the checkout has; all
 * globals are taken away, so that each name which a file does not declare is compared.
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'acorn'
import { analyze } from 'eslint-scope'
import { check } from 'isolane/check'

import { root } from '../../scripts/lib/paths.mjs'
import { sized } from '../support/size.mjs'

const PACKAGES = [
  'acorn',
  'argparse',
  'chalk',
  'cli-highlight',
  'cli-table3',
  'color-convert',
  'commander',
  'es-toolkit',
  'fast-json-patch',
  'fflate',
  'highlight.js',
  'iconv-lite',
  'js-yaml',
  'lru-cache',
  'marked',
  'parse5',
  'piscina',
  'semver',
  'workerpool',
  'yargs',
]

/** Of a package; at full size all are looked at. */
const MOST_FILES = sized(Infinity, 6)
const MOST_BYTES = 1 << 20

/** What CommonJS passes to a module. */
const OF_COMMONJS = new Set([
  'exports',
  'module',
  'require',
  'global',
  '__filename',
  '__dirname',
  'arguments',
])

const globals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'off']),
)

for (const name of PACKAGES) {
  describe(name, () => {
    const files = sourcesOf(join(root, 'node_modules', name)).slice(0, MOST_FILES)

    test('has sources', () => assert.ok(files.length > 0))

    test('has the free variables that eslint finds', async () => {
      for (const file of files) {
        const text = readFileSync(file, 'utf8')
        const form = formOf(text, file)
        const theirs = byESLint(text, form === 'module' ? 'module' : 'commonjs')
        const ours = await byIsolane(text, form, theirs)
        const beyond = ours.filter((each) => !theirs.includes(each))
        assert.deepEqual(beyond, [], relative(root, file))
        assert.deepEqual(withoutAsked(text, ours), withoutAsked(text, theirs), relative(root, file))
      }
    })
  })
}

function byESLint(text, sourceType) {
  const tree = parsed(text, sourceType)
  const scopes = analyze(tree, {
    ecmaVersion: 2022,
    sourceType,
    // As ESLint has it: what an eval may declare is not known.
    ignoreEval: true,
    nodejsScope: sourceType === 'commonjs',
  })
  const asked = typeofOperands(tree)
  return scopes.globalScope.through
    .map(({ identifier }) => identifier)
    .filter((each) => !asked.has(each) && !OF_COMMONJS.has(each.name))
    .map(({ name, loc: { start } }) => [name, start.line, start.column + 1].join(' '))
}

function parsed(text, sourceType) {
  return parse(text, {
    ecmaVersion: 'latest',
    sourceType,
    allowHashBang: true,
    locations: true,
    ranges: true,
  })
}

/** The names that are nothing but asked for. */
function typeofOperands(node, found = new Set()) {
  if (node.type === 'UnaryExpression' && node.operator === 'typeof') found.add(node.argument)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') typeofOperands(child, found)
    }
  }
  return found
}

async function byIsolane(text, form, theirs) {
  const off = Object.fromEntries(theirs.map((each) => [each.split(' ')[0], 'off']))
  const found = await check(text, {
    extends: 'none',
    form,
    rules: { 'no-undef': 'error', 'no-unavailable-global': 'error' },
    globals: { ...globals, ...off },
    allowSuppressions: false,
    maxDiagnostics: 100_000,
  })
  return found
    .map(({ start, end, line, column }) => [text.slice(start, end), line, column])
    .filter(([name]) => !OF_COMMONJS.has(name))
    .map((each) => each.join(' '))
}

/**
 * The one difference: a name that stands behind `typeof name` in a condition is no finding of isolane's,
 * since it is only used where it is there; to ESLint it is one.
 */
function withoutAsked(text, found) {
  const asked = new Set([...text.matchAll(/\btypeof\s*\(?\s*([\w$]+)/g)].map(([, name]) => name))
  return found.filter((each) => !asked.has(each.split(' ')[0]))
}

/** As Node tells where nothing else does: by what can be parsed. */
function formOf(text, file) {
  if (file.endsWith('.mjs')) return 'module'
  try {
    parsed(text, 'commonjs')
    return 'commonjs'
  } catch {
    return 'module'
  }
}

function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.[cm]?js$/.test(name) && !name.split(sep).includes('node_modules'))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && statSync(file).size <= MOST_BYTES)
    .sort()
}
