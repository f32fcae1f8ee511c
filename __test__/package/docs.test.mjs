/** What the documentation says of names, numbers and places is what the checkout has. */
import assert from 'node:assert/strict'
import { EventEmitterAsyncResource } from 'node:events'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { describe, test } from 'node:test'

import dependencies from '../../.dependency-cruiser.mjs'
import { distDir, root } from '../../scripts/lib/paths.mjs'
import { filesOfCheckout, foldersBelow, markdown } from './markdown.mjs'

const require = createRequire(import.meta.url)
const isolane = require('isolane')
const files = filesOfCheckout()
const pages = files.filter((path) => path.endsWith('.md')).map(markdown)
const api = markdown('docs/api.md')
const options = markdown('docs/options.md')

/** Text between backticks, without them. */
const bare = (cell) => cell.replaceAll('`', '')
const REPOSITORY = 'https://github.com/isolane/isolane/blob/main/'

describe('the size of', () => {
  for (const [path, most] of [
    ['README.md', 1800],
    ['ARCHITECTURE.md', 2000],
  ]) {
    test(`${path} is at most ${most} words`, () => {
      const { words } = markdown(path)
      assert.ok(words <= most, `${words} words`)
    })
  }
})

describe('places', () => {
  for (const { path, links } of pages) {
    test(`${path}: every link leads somewhere`, () => {
      assert.deepEqual(
        links.filter((link) => !resolves(path, link)),
        [],
      )
    })
  }

  /** Users' own files have names too: only pages about the sources name files of the checkout. */
  const internal = /^(ARCHITECTURE|CONTRIBUTING|docs\/codec|docs\/internals\/.*|crates\/.*)\.md$/
  for (const page of pages) {
    test(`${page.path}: every file of the checkout that it names is there`, () => {
      const missing = page.code.filter((name) => isPath(name) && !existsSync(join(root, name)))
      if (internal.test(page.path)) missing.push(...page.code.filter(isUnknownFile, page))
      assert.deepEqual(missing, [])
    })
  }

  test('ARCHITECTURE.md maps every folder of source, and no other', () => {
    const listed = markdown('ARCHITECTURE.md')
      .code.filter((name) => /^(npm\/isolane|crates\/[\w-]+)\/src\//.test(name))
      .filter((name) => !/\.\w+$/.test(name))
    const sources = files
      .map((path) => /^(npm\/isolane|crates\/[\w-]+)\/src\//.exec(path)?.[0])
      .filter((folder) => folder !== undefined)
    // A folder named late holds a part of the folder around it.
    const folders = [...new Set(sources)]
      .flatMap(foldersBelow)
      .filter((name) => !name.endsWith('/late'))
    assert.deepEqual([...new Set(listed)].toSorted(), folders.toSorted())
  })

  test('ARCHITECTURE.md has the folders of the package in the order of their dependencies', () => {
    const listed = markdown('ARCHITECTURE.md').code.map(
      (name) => /^npm\/isolane\/src\/([\w-]+)$/.exec(name)?.[1],
    )
    const checked = dependencies.forbidden.map(({ name }) => / is below$/.exec(name)?.input)
    const order = checked.filter((name) => name !== undefined).map((name) => name.split(' ')[0])
    const isFolder = (name) => existsSync(join(root, 'npm', 'isolane', 'src', name))
    assert.deepEqual(
      listed.filter((name) => name !== undefined),
      order.filter(isFolder),
    )
  })

  function resolves(path, link) {
    const local = link.startsWith(REPOSITORY) ? `/${link.slice(REPOSITORY.length)}` : link
    if (/^[a-z]+:/.test(local)) return true
    const [target, anchor] = local.split('#')
    const from = target.startsWith('/') ? '' : dirname(path)
    const file = target === '' ? path : posix.join(from, target).replace(/^\//, '')
    if (!existsSync(join(root, file))) return false
    return anchor === undefined || /^L\d/.test(anchor) || markdown(file).anchors.includes(anchor)
  }

  function isPath(name) {
    return (
      /^[\w.@-]+(\/[\w.@-]+)+\/?$/.test(name) &&
      !name.startsWith('../') &&
      existsSync(join(root, name.split('/')[0])) &&
      !/^(target|node_modules)\/|\/dist\//.test(name)
    )
  }

  /** `this` is the page. */
  function isUnknownFile(name) {
    if (!/^[\w./-]+\.(rs|ts|mjs|sh)$/.test(name)) return false
    if (name.startsWith('../')) return !files.includes(posix.join(dirname(this.path), name))
    return !files.some((file) => `/${file}`.endsWith(`/${name}`))
  }
})

describe('docs/errors.md', () => {
  const classes = Object.entries(isolane).filter(([, value]) => value?.prototype instanceof Error)

  test('lists every error class with its code, and no other', () => {
    const listed = markdown('docs/errors.md')
      .section('Classes')
      .map((row) => [bare(row.class), bare(row.code)])
    const exported = classes.map(([name, ErrorClass]) => [name, codeOf(ErrorClass) ?? ''])
    assert.deepEqual(listed.toSorted(), exported.toSorted())
  })

  test('is what the declarations say', () => {
    const declared = declarations().match(/`ERR_ISOLANE_\w+` \|/g)
    const listed = markdown('docs/errors.md').text.match(/`ERR_ISOLANE_\w+` \|/g)
    assert.deepEqual([...new Set(listed)].toSorted(), [...new Set(declared)].toSorted())
  })

  function codeOf(ErrorClass) {
    return new ErrorClass('', 0, 0).code
  }
})

describe('docs/options.md', () => {
  const fn = (item) => item
  const none = { none: true }
  const ofCalls = names('Calls')
  const ofWarm = ['args', 'shared', 'timeout', 'signal', 'callId', 'tenant', 'stateful']
  const batch = options.section('Calls over items')
  const ofBatch = (call) =>
    batch
      .filter(({ of }) => (of.startsWith('all') && call !== 'run') || of.includes(`\`${call}\``))
      .map(({ option }) => bare(option))
  const ways = {
    'new Pool': [names('Pool'), async () => new isolane.Pool(none)],
    run: [[...ofCalls, ...ofBatch('run')], (pool) => pool.run(fn, 1, none)],
    map: [[...ofCalls, ...ofBatch('map')], (pool) => pool.map([], fn, none)],
    filter: [[...ofCalls, ...ofBatch('filter')], (pool) => pool.filter([], fn, none)],
    forEach: [[...ofCalls, ...ofBatch('forEach')], (pool) => pool.forEach([], fn, none)],
    reduce: [[...ofCalls, ...ofBatch('reduce')], (pool) => pool.reduce([], { reduce: fn }, none)],
    stream: [[...ofCalls, ...names('Streams')], async (pool) => pool.stream([], fn, none)],
    patch: [[...ofCalls, ...names('Patches')], (pool) => pool.patch({}, [], none)],
    share: [names('`share`'), (pool) => pool.share('value', 1, none)],
    publish: [
      [
        'timeout',
        'queueTimeout',
        'signal',
        'priority',
        'callId',
        ...names('`publish` and `update`'),
      ],
      (pool) => pool.publish('name', fn, none),
    ],
    warm: [[...ofWarm, ...names('`warm`')], (pool) => pool.warm([fn], none)],
    close: [names('`close`'), (pool) => pool.close(none)],
  }

  test('lists the options that each call takes, and no other', async () => {
    const pool = new isolane.Pool({ threads: 1 })
    try {
      for (const [name, [listed, call]] of Object.entries(ways)) {
        const taken = await optionsThat(call(pool))
        assert.deepEqual(listed.toSorted(), taken.toSorted(), name)
      }
    } finally {
      await pool.close()
    }
  })

  test('lists what the sandbox takes', () => {
    assert.throws(
      () => new isolane.Pool({ sandbox: none }),
      (error) => {
        const taken = /\{ (.*) \}/.exec(error.message)[1].split(', ')
        assert.deepEqual(
          names('Sandbox'),
          taken.map((name) => name.replace('?', '')),
        )
        return true
      },
    )
  })

  test('gives the defaults that the declarations give', () => {
    const interfaces = {
      Pool: 'PoolOptions',
      Sandbox: 'SandboxOptions',
      Calls: 'CallOptions',
      'Calls over items': 'BatchOptions OutcomeOptions MapOptions',
      Streams: 'StreamOptions',
      Patches: 'PatchOptions',
      '`share`': 'ShareOptions',
      '`warm`': 'WarmOptions',
      '`close`': 'CloseOptions',
    }
    let compared = 0
    for (const [section, names] of Object.entries(interfaces)) {
      const declared = Object.assign({}, ...names.split(' ').map(defaultsOf))
      for (const row of options.section(section)) {
        const given = declared[bare(row.option)]
        if (given === undefined) continue
        assert.equal(row.default, given, bare(row.option))
        compared++
      }
    }
    assert.ok(compared >= 25, `${compared} defaults`)
  })

  test('gives the ranges that the checks have', () => {
    for (const row of options.section('Pool')) {
      for (const value of [-1, 'none of these']) assertRange(bare(row.option), value, row)
    }
  })

  function names(section) {
    return options.section(section).map(({ option }) => bare(option))
  }

  async function optionsThat(call) {
    const error = await call.then(
      () => assert.fail('an unknown option is taken'),
      (reason) => reason,
    )
    return /the options are (.*)$/.exec(error.message)[1].split(', ')
  }

  /** The numbers and names in an error about a value are those of the row. */
  function assertRange(name, value, { type, range }) {
    if (name === 'name' || name === 'resolveFrom' || name === 'sandbox') return
    assert.throws(
      () => new isolane.Pool({ [name]: value }),
      ({ message }) => {
        const [, from, to] = /an integer from (\d+) to (\d+)/.exec(message) ?? []
        if (from !== undefined) {
          assert.match(type, /integer/, name)
          assert.equal(range, `${from} to ${to}`, name)
        }
        if (/milliseconds greater than 0/.test(message)) assert.equal(range, 'above 0', name)
        const oneOf = /one of ('.*');/.exec(message)?.[1]
        if (oneOf !== undefined) assert.equal(bare(range), oneOf, name)
        return true
      },
    )
  }

  /** By option, what its declaration calls the default: code between backticks, or a number. */
  function defaultsOf(name) {
    const body = new RegExp(`export interface ${name} [^{]*\\{([^]*?)\\n\\}`).exec(
      declarations(),
    )[1]
    const members = [...body.matchAll(/\/\*\*([^]*?)\*\/\s*(?:readonly )?(\w+)\?:/g)]
    return Object.fromEntries(
      members.flatMap(([, comment, option]) => {
        const text = comment.replaceAll(/\s*\n\s*\*\s?/g, ' ')
        const [, code] =
          /Default: (`[^`]+`|\d+)/.exec(text) ?? /(`[^`]+`) \(default\)/.exec(text) ?? []
        return code === undefined ? [] : [[option, code.startsWith('`') ? code : `\`${code}\``]]
      }),
    )
  }
})

describe('docs/api.md', () => {
  const { headings, text } = api
  const { Pool } = isolane
  const notOurs = [Object.prototype, EventEmitterAsyncResource.prototype]
  const isListed = (name) => headings.some((title) => title.startsWith(`\`${name}`))

  test('has a heading for every function that is exported', () => {
    const functions = Object.entries(isolane)
      .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
      .map(([name]) => `${name}(`)
    assert.deepEqual(
      functions.filter((name) => !isListed(name)),
      [],
    )
    assert.ok(isListed('version`') && isListed('new Pool('))
  })

  test('has a heading for every method of a pool', () => {
    const methods = [...methodsOf(Pool)].map((name) => `pool.${name}(`)
    assert.ok(methods.length >= 12, methods.join())
    assert.deepEqual(
      methods.filter((name) => !isListed(name)),
      [],
    )
  })

  test('has a row for every member of what a pool gives', () => {
    for (const [Class, section] of [
      [isolane.SharedValue, '`pool.share(name, value, options?)`'],
      [isolane.PublishedFunction, '`pool.publish(name, fn, options?)`'],
      [isolane.WarmUp, '`pool.warm(functions, options?)`'],
    ]) {
      const rows = api.section(section).map((row) => Object.values(row)[0])
      const isRow = (name) => rows.some((row) => new RegExp(`^\`${name}\\b`).test(row))
      assert.deepEqual(
        [...methodsOf(Class)].filter((name) => !isRow(name)),
        [],
      )
    }
  })

  test('names every class and type that is exported', () => {
    const index = readFileSync(join(distDir, 'index.d.ts'), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '')
    const lists = [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    const exported = lists.flatMap(([, list]) => list.split(','))
    const named = exported.map((name) => name.replace(/^\s*(type )?/, '').trim())
    assert.ok(named.length > 30)
    assert.deepEqual(
      named.filter((name) => name !== '' && !new RegExp(`\\b${name}\\b`).test(text)),
      [],
    )
  })

  /** Public methods, also those of classes between this one and Node's. */
  function methodsOf(Class) {
    const names = new Set()
    let { prototype } = Class
    while (!notOurs.includes(prototype)) {
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const { value } = Object.getOwnPropertyDescriptor(prototype, name)
        const isMethod = typeof value === 'function' && name !== 'constructor'
        if (isMethod && !isInternal(name)) names.add(name)
      }
      prototype = Object.getPrototypeOf(prototype)
    }
    return names
  }

  function isInternal(name) {
    return new RegExp(`@internal(?:[^*]|\\*(?!/))*\\*/\\s*${name}\\(`).test(declarations())
  }
})

let declared

/** The declarations of the package, in one text. */
function declarations() {
  declared ??= readdirSync(distDir, { recursive: true })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => readFileSync(join(distDir, name), 'utf8'))
    .join('\n')
  return declared
}
