/** Set-up on machines that lack something: in a copy of the scripts, with a PATH of its own. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { platform } from '../../scripts/lib/host.mjs'
import { root } from '../../scripts/lib/paths.mjs'
import { wireSources } from '../../scripts/lib/wire-id.mjs'

const posix = process.platform !== 'win32'
let folder
let checkout

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolane-setup-'))
  checkout = join(folder, 'checkout')
  mkdirSync(join(folder, 'bin'))
  const advice = join('npm', 'isolane', 'src', 'pool', 'v8-advice.json')
  for (const name of ['scripts', 'Cargo.toml', 'Cargo.lock', 'package.json', advice]) {
    cpSync(join(root, name), join(checkout, name), { recursive: true })
  }
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the tools', { skip: !posix && 'the tools are faked by shell scripts' }, () => {
  test('all that is missing is named at once, with a way to get it', () => {
    const { status, stderr } = setUp()
    assert.equal(status, 1)
    assert.match(stderr, /Rust 1\.\d+ or newer \(rustc not found\)/)
    assert.match(stderr, /rustup/)
    assert.match(stderr, /C toolchain/)
  })

  test('a compiler that is too old is named with its version', () => {
    fake('rustc', 'rustc 1.70.0 (0123 2023-06-01)')
    fake('cargo', 'cargo 1.70.0')
    fake('cc', 'cc 12')
    const { status, stderr } = setUp()
    assert.equal(status, 1)
    assert.match(stderr, /Rust 1\.\d+ or newer \(this is 1\.70\.0\)/)
    assert.doesNotMatch(stderr, /C toolchain/)
  })

  test('a failing npm shows its own words and a hint', () => {
    fake('rustc', 'rustc 1.99.0')
    fake('cargo', 'cargo 1.99.0')
    fake('cc', 'cc 12')
    fake('npm', 'npm error: no such registry', 1)
    const { status, stderr } = setUp()
    assert.equal(status, 1)
    assert.match(stderr, /no such registry/)
    assert.match(stderr, /Hint:/)
  })
})

describe("V8's archive", () => {
  test("the user's own variables come first", () => {
    addMirror()
    const file = addFile('elsewhere.a')
    assert.deepEqual(find({ RUSTY_V8_ARCHIVE: file }).archive, { from: file, env: {} })
    assert.deepEqual(find({ V8_FROM_SOURCE: '1' }).archive, { from: 'V8_FROM_SOURCE', env: {} })
  })

  test('what they name and is not there is not replaced by another', () => {
    addMirror()
    for (const variable of ['RUSTY_V8_ARCHIVE', 'RUSTY_V8_MIRROR']) {
      const { archive, advice } = find({ [variable]: join(folder, 'nowhere') })
      assert.equal(archive, undefined)
      assert.match(advice, /nowhere/)
    }
  })

  test('a mirror of the user may be a folder per tag, flat, or a template', () => {
    const { name, tag } = release()
    for (const [file, mirror] of [
      [`tags/${tag}/${name}`, 'tags'],
      [`flat/${name}`, 'flat'],
      [`named/${tag}-${name}`, 'named/{tag}-{file}'],
    ]) {
      const expected = addFile(...file.split('/'))
      const { archive } = find({ RUSTY_V8_MIRROR: `${folder}/${mirror}` })
      assert.equal(resolve(archive.from), expected)
    }
  })

  test('then a mirror folder beside the checkout', () => {
    const mirror = addMirror()
    const { archive } = find({})
    assert.equal(dirname(archive.from), mirror)
    assert.deepEqual(archive.env, { RUSTY_V8_MIRROR: mirror, RUSTY_V8_MIRROR_FALLBACK: '1' })
  })

  test("then what was fetched from upstream before, in cargo's home", () => {
    const { name, tag } = release()
    addFile('cargo', '.rusty_v8', `${tag}/${name}`.replace(/[^a-zA-Z0-9]/g, '_'))
    assert.match(find({}).archive.from, /^https:/)
  })

  test('out of reach, it is given up within seconds, with advice of three lines', () => {
    const started = performance.now()
    const { archive, advice } = find({})
    assert.equal(archive, undefined)
    assert.equal(advice.split('\n').length, 3)
    assert.match(advice, /^Missing: .*\nStill works: .*\nTo get it: .*RUSTY_V8_MIRROR/)
    // Not a measurement: a probe without its limit would hang for minutes.
    assert.ok(performance.now() - started < 30_000)
  })

  test('a server that takes the call and never answers is given up, too', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    try {
      const mirror = `http://127.0.0.1:${silent.address().port}`
      // The proxy of the other cases would refuse at once.
      const { archive } = find({ RUSTY_V8_MIRROR: mirror, HTTPS_PROXY: undefined })
      assert.equal(archive, undefined)
    } finally {
      silent.close()
    }
  })

  test('no server is asked for what a folder has', { skip: !posix && 'curl is faked' }, () => {
    const asked = join(folder, 'asked')
    fake('curl', `asked' > '${asked}'; echo '`)
    assert.match(find({}).archive.from, /^https:/)
    assert.ok(existsSync(asked))
    rmSync(asked)
    addMirror()
    assert.notEqual(find({}).archive, undefined)
    assert.ok(!existsSync(asked))
  })

  function find(env) {
    const script = `
      import { adviceWithoutArchive, findArchive } from ${quoted('v8-archive.mjs')}
      console.log(JSON.stringify({ archive: await findArchive(), advice: adviceWithoutArchive() }))`
    return JSON.parse(evaluate(script, env))
  }

  function addMirror() {
    return dirname(addFile('shared', 'v8', release().name))
  }
})

describe('the build', { skip: !posix && 'the tools are faked by shell scripts' }, () => {
  const entry = join('npm', 'isolane', 'src', 'isolate', 'main.ts')
  const wireName = join('npm', 'isolane', 'dist', 'wire-id.json')

  beforeEach(() => {
    fake('rustc', 'rustc 1.99.0')
    fake('cargo', 'cargo 1.99.0')
    fake('cc', 'cc 12')
    fakeNapi()
  })

  test('of the addon is with V8 or without, and anew when its archive comes or goes', () => {
    copyWire()
    assert.match(build('addon'), /^Missing: .*\nStill works: .*\nTo get it: /m)
    assert.deepEqual(builds(), ['without V8'])
    assert.equal(build('addon'), '')
    const archive = addFile('shared', 'v8', release().name)
    assert.doesNotMatch(build('addon'), /Missing/)
    assert.equal(build('addon'), '')
    assert.deepEqual(builds(), ['without V8', 'with V8'])
    rmSync(archive)
    assert.match(build('addon'), /Missing/)
    assert.equal(build('addon'), '')
    assert.deepEqual(builds(), ['without V8', 'with V8', 'without V8'])
  })

  test('of addon and JavaScript is anew, under another name, when a source of the wire changes', () => {
    copyWire()
    build('ts', 'addon')
    assert.equal(build('ts', 'addon'), '')
    const names = [readFileSync(join(checkout, wireName), 'utf8')]
    for (const source of wireSources) {
      const file = source.endsWith('.js') ? entry : source.replace(/\/src$/, '/src/lib.rs')
      appendFileSync(join(checkout, file), '//')
      build('ts')
      names.push(readFileSync(join(checkout, wireName), 'utf8'))
      build('addon')
      assert.equal(builds().length, names.length, `${file}: the addon`)
    }
    assert.equal(new Set(names).size, wireSources.length + 1)
  })

  test('of JavaScript that its types contradict leaves it without the name of a wire', () => {
    copyWire()
    build('ts')
    appendFileSync(join(checkout, 'npm', 'isolane', 'src', 'addon', 'codes.ts'), 'type error')
    const { status } = spawnBuild('ts')
    assert.equal(status, 1)
    assert.ok(!existsSync(join(checkout, wireName)))
  })

  function build(...parts) {
    const { status, stdout, stderr } = spawnBuild(...parts)
    assert.equal(status, 0, stderr)
    return stdout
  }

  function spawnBuild(...parts) {
    const script = join(checkout, 'scripts', 'build.mjs')
    return spawnSync(process.execPath, [script, ...parts], {
      env: environment(),
      encoding: 'utf8',
    })
  }

  /** Stands for the compiler: notes how it was called, and leaves the files it should. */
  function fakeNapi() {
    fakePackage(
      '@napi-rs/cli/dist/cli.js',
      `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
       const folder = process.argv[process.argv.indexOf('--output-dir') + 1]
       mkdirSync(folder, { recursive: true })
       for (const name of ['binding.js', 'isolane.${platform}.node']) writeFileSync(folder + '/' + name, '')
       const without = process.argv.includes('--no-default-features')
       appendFileSync(${JSON.stringify(join(folder, 'builds'))}, without ? 'without V8\\n' : 'with V8\\n')`,
    )
  }

  /** What the wire is made from, and what stands for the tools that make JavaScript. */
  function copyWire() {
    const named = ['package.json', 'tsconfig.json', 'tsconfig.prelude.json']
    const needed = named.map((name) => join('npm', 'isolane', name))
    for (const source of [...wireSources, entry, ...needed]) {
      cpSync(join(root, source), join(checkout, source), { recursive: true })
    }
    writeFileSync(
      join(checkout, 'scripts', 'lib', 'helpers', 'table.mjs'),
      `import { writeFileSync } from 'node:fs'
       export const helpersFile = ${JSON.stringify(join(checkout, 'npm', 'isolane', 'dist', 'helpers.json'))}
       export const writeHelpers = async () => writeFileSync(helpersFile, '{}')`,
    )
    fakePackage(
      'typescript/bin/tsc',
      `const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
       const folder = require('node:path').dirname(process.argv[process.argv.indexOf('-p') + 1])
       mkdirSync(folder + '/dist', { recursive: true })
       writeFileSync(folder + '/dist/index.js', '')
       if (readFileSync(folder + '/src/addon/codes.ts', 'utf8').endsWith('type error')) process.exit(1)`,
    )
    fakePackage(
      'esbuild/index.js',
      `const { readFileSync } = require('node:fs')
       exports.build = ({ stdin, absWorkingDir }) => ({
         outputFiles: stdin && [{ text: readFileSync(absWorkingDir + '/isolate/main.ts', 'utf8') }],
         metafile: { inputs: {}, outputs: { all: { exports: [] } } },
       })`,
    )
  }

  function fakePackage(path, text) {
    writeFileSync(addFile('checkout', 'node_modules', ...path.split('/')), text)
  }

  function builds() {
    return readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n')
  }
})

describe('a stamp', () => {
  test('is fresh until an input, a word or an output changes', () => {
    writeFileSync(join(checkout, 'input'), 'one')
    const output = join(checkout, 'output')
    writeFileSync(output, '')
    const script = `
      import { rmSync, utimesSync } from 'node:fs'
      import { Stamp } from ${quoted('stamp.mjs')}
      const stamp = (words) => new Stamp('test', { inputs: ['input'], words, outputs: [${JSON.stringify(output)}] })
      const seen = [stamp(['a']).fresh()]
      await stamp(['a']).around(async () => {})
      seen.push(stamp(['a']).fresh(), stamp(['b']).fresh())
      utimesSync(${JSON.stringify(join(checkout, 'input'))}, 1, 1)
      seen.push(stamp(['a']).fresh())
      await stamp(['a']).around(async () => {})
      rmSync(${JSON.stringify(output)})
      seen.push(stamp(['a']).fresh())
      console.log(JSON.stringify(seen))`
    assert.deepEqual(JSON.parse(evaluate(script)), [false, true, false, false, false])
  })

  test('of work that failed is not fresh', () => {
    writeFileSync(join(checkout, 'input'), 'one')
    const script = `
      import { Stamp } from ${quoted('stamp.mjs')}
      const stamp = new Stamp('test', { inputs: ['input'] })
      await stamp.around(async () => {})
      const first = stamp.fresh()
      await stamp.around(async () => { throw new Error('no') }).catch(() => {})
      console.log(JSON.stringify([first, stamp.fresh()]))`
    assert.deepEqual(JSON.parse(evaluate(script)), [true, false])
  })
})

/** Only what the case puts there: no tool, no proxy but one that refuses, no archive kept before. */
function environment(extra = {}) {
  return {
    HOME: folder,
    USERPROFILE: folder,
    CARGO_HOME: join(folder, 'cargo'),
    PATH: join(folder, 'bin'),
    HTTPS_PROXY: 'http://127.0.0.1:9',
    ...(posix ? {} : { SystemRoot: process.env.SystemRoot }),
    ...extra,
  }
}

/** The names are the script's own, so that the tests follow the pinned version. */
function release() {
  const script = `
    import { archiveName, v8Version } from ${quoted('v8-archive.mjs')}
    console.log(JSON.stringify({ name: archiveName(), tag: 'v' + v8Version() }))`
  return JSON.parse(evaluate(script))
}

function addFile(...path) {
  const file = join(folder, ...path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  return file
}

function setUp() {
  return spawnSync(process.execPath, [join(checkout, 'scripts', 'setup.mjs')], {
    env: environment(),
    encoding: 'utf8',
  })
}

function evaluate(script, env) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { env: environment(env), encoding: 'utf8' },
  )
  assert.equal(status, 0, stderr)
  return stdout
}

function quoted(name) {
  return JSON.stringify(pathToFileURL(join(checkout, 'scripts', 'lib', name)).href)
}

function fake(name, says, code = 0) {
  const file = join(folder, 'bin', name)
  writeFileSync(file, `#!/bin/sh\necho '${says}'\nexit ${code}\n`)
  chmodSync(file, 0o755)
}
