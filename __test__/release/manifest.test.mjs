/** What is published: names, versions, platforms and files that must agree with each other. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, posix } from 'node:path'
import { describe, test } from 'node:test'

import { packages } from '../../scripts/lib/packages.mjs'
import { packageDir, root } from '../../scripts/lib/paths.mjs'
import { npm, run } from '../../scripts/lib/run.mjs'

const require = createRequire(import.meta.url)
const manifest = readJson(packageDir, 'package.json')
const platformsDir = join(root, 'npm', 'platforms')
const platforms = readdirSync(platformsDir)
const triples = {
  'darwin-arm64': 'aarch64-apple-darwin',
  'darwin-x64': 'x86_64-apple-darwin',
  'linux-arm64-gnu': 'aarch64-unknown-linux-gnu',
  'linux-x64-gnu': 'x86_64-unknown-linux-gnu',
  'win32-x64-msvc': 'x86_64-pc-windows-msvc',
}

describe('the manifests', () => {
  test('have one version, as the crates have', () => {
    const cargo = readFileSync(join(root, 'Cargo.toml'), 'utf8')
    const version = /\[workspace\.package\]\s*version = "([^"]+)"/.exec(cargo)[1]
    const folders = [
      root,
      ...packages().map(({ path }) => join(root, path)),
      ...platforms.map((name) => join(platformsDir, name)),
    ]
    const versions = folders.map((folder) => readJson(folder, 'package.json').version)
    assert.deepEqual([...new Set(versions)], [version])
  })

  test('name a package for every target that is built', () => {
    const built = platforms.map((name) => triples[name])
    assert.deepEqual(built.toSorted(), manifest.napi.targets.toSorted())
  })

  for (const name of platforms) {
    test(`${name} installs where its binary runs, and holds that and its terms`, () => {
      const {
        name: packageName,
        os,
        cpu,
        libc,
        main,
        files,
      } = readJson(platformsDir, name, 'package.json')
      const [system, arch, abi] = name.split('-')
      assert.equal(packageName, `${manifest.napi.packageName}-${name}`)
      assert.deepEqual(
        { os, cpu, libc },
        { os: [system], cpu: [arch], libc: abi === 'gnu' ? ['glibc'] : undefined },
      )
      assert.equal(main, `${manifest.napi.binaryName}.${name}.node`)
      assert.deepEqual(files, [main, 'THIRD-PARTY-NOTICES.txt'])
    })
  }

  test('name no platform package as a dependency: that is written when they are packed', () => {
    assert.equal(manifest.optionalDependencies, undefined)
  })

  test('the lock file has no address of a registry', () => {
    const lock = readJson(root, 'package-lock.json')
    const addresses = Object.values(lock.packages).map(({ resolved }) => resolved)
    assert.deepEqual(
      addresses.filter((address) => address?.includes('://')),
      [],
    )
  })
})

describe('the package', () => {
  const everywhere = ['LICENSE', 'README.md', 'package.json']

  for (const { name, path: folder, manifest: its } of packages().filter((one) => one.isPublished)) {
    test(`${name} holds its builds, and neither sources nor a binary`, async () => {
      const output = await run([...npm(), 'pack', '--dry-run', '--json', '--silent'], {
        cwd: join(root, folder),
      })
      const [{ files }] = JSON.parse(output.slice(output.indexOf('[')))
      const paths = files.map(({ path }) => path)
      const entries = [its.main, its.types].map((path) => posix.normalize(path))
      const more = {
        isolane: [
          'THIRD-PARTY-NOTICES.txt',
          'esm/index.mjs',
          'esm/check.mjs',
          'esm/check.d.mts',
          'dist/check/index.js',
          'dist/check/index.d.ts',
          'dist/native/binding.js',
          'dist/helpers.json',
          'dist/wire-id.json',
        ],
      }
      for (const path of [...everywhere, ...entries, ...(more[name] ?? [])]) {
        assert.ok(paths.includes(path), `${path} is missing`)
      }
      assert.deepEqual(
        paths.filter((path) => path.endsWith('.node') || /^(src|test)\//.test(path)),
        [],
      )
    })
  }

  test('is one copy of the classes for both module systems', async () => {
    const common = require('isolane')
    const esm = await import('isolane')
    assert.equal(typeof common.Pool, 'function')
    // What Node adds to the namespace of a CommonJS module.
    const added = ['default', 'module.exports', '__esModule']
    const named = Object.keys(esm).filter((name) => !added.includes(name))
    assert.deepEqual(named.toSorted(), Object.keys(common).toSorted())
    for (const name of named) assert.equal(esm[name], common[name], name)
  })
})

function readJson(...path) {
  return JSON.parse(readFileSync(join(...path), 'utf8'))
}
