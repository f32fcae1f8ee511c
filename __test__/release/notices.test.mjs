/** What is said of the code of others; `npm run lint` compares it with the lock file. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { root } from '../../scripts/lib/paths.mjs'
import { addonNotices } from '../../scripts/notices.mjs'
import { licenceTexts } from '../../scripts/notices/crates.mjs'
import { headerOf } from '../../scripts/notices/embedded.mjs'

describe('the third-party notices', () => {
  const text = readFileSync(addonNotices, 'utf8')
  const lines = text.split('\n')

  test('name the libraries in the archive of V8', () => {
    for (const name of ['V8', 'ICU', 'abseil-cpp', 'libc++', 'simdutf', 'highway']) {
      assert.ok(
        lines.some((line) => line.startsWith(name)),
        name,
      )
    }
  })

  test('name the crates that the addon depends on, each as it is locked', () => {
    const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8')
    const named = [...text.matchAll(/^([a-z0-9_-]+) (\d\S+) \(.+\)$/gim)]
    for (const name of ['v8', 'deno_core_icudata', 'napi', 'crossbeam-channel', 'serde']) {
      assert.ok(
        named.some(([, crate]) => crate === name),
        name,
      )
    }
    for (const [, name, version] of named) {
      assert.ok(lock.includes(`name = "${name}"\nversion = "${version}"`), `${name} ${version}`)
    }
  })
})

describe('the terms of a crate', () => {
  let folder

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'isolane-notices-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function crate(licence, files) {
    const place = mkdtempSync(join(folder, 'crate-'))
    for (const name of files) writeFileSync(join(place, name), name)
    return { name: 'some-crate', licence, folder: place }
  }

  test('are one of those that it offers', () => {
    const offered = crate('Apache-2.0 OR MIT', ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md'])
    assert.deepEqual(licenceTexts(offered), ['LICENSE-MIT'])
  })

  test('are all of them where all apply', () => {
    const both = ['LICENSE-MIT', 'LICENSE-UNICODE']
    assert.deepEqual(licenceTexts(crate('(MIT OR Apache-2.0) AND Unicode-3.0', both)), both)
  })

  test('are all files where these do not tell which is which', () => {
    assert.deepEqual(licenceTexts(crate('MIT OR Apache-2.0', ['COPYING'])), ['COPYING'])
  })

  test('hold what the crate itself says of others', () => {
    const files = ['LICENSE-APACHE', 'LICENSE-MIT', 'LICENSE-THIRD-PARTY', 'NOTICE']
    assert.deepEqual(licenceTexts(crate('MIT OR Apache-2.0', files)), files.slice(1))
  })

  test('must be there', () => {
    assert.throws(() => licenceTexts(crate('MIT', ['README.md'])), /some-crate \(MIT\)/)
  })

  test('are read from the comment that a source begins with', () => {
    const source = join(folder, 'source.h')
    writeFileSync(source, '// Copyright of Somebody.\n//\n// Freely granted.\n\n// Not this.\n')
    assert.equal(headerOf(source), 'Copyright of Somebody.\n\nFreely granted.')
    writeFileSync(source, '/*\n * Copyright of Somebody.\n */\nint x;\n')
    assert.equal(headerOf(source), 'Copyright of Somebody.')
    writeFileSync(source, '// A decoder.\n')
    assert.throws(() => headerOf(source), /source\.h/)
  })
})
