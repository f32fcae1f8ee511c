/**
 * The built addon as the loader sees it. Node embeds a V8, an ICU and an abseil under the names
 * that the addon embeds: a name given or taken by accident mixes the two.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'

import { platform } from '../../scripts/lib/host.mjs'
import { nativeDir } from '../../scripts/lib/paths.mjs'
import { Elf, flag } from './elf.mjs'

const addon = join(nativeDir, `isolane.${platform}.node`)
const entry = 'napi_register_module_v1'
/** Names of V8, ICU, abseil and of the crates that V8 calls, mangled or not. */
const embedded = /v8|^u_|^ucnv_|^udata_|icu_|absl|crdtp|temporal_rs|diplomat|simdutf|highway/i

describe('the addon as an ELF file', { skip: process.platform !== 'linux' && 'not ELF' }, () => {
  /** C and compiler run-time only: C++ is linked in, and nothing is expected of the host. */
  const system = /^(lib(c|m|gcc_s|pthread|dl)|ld-linux-[a-z0-9-]+)\.so\.\d$/
  /** Hooks that gcc's start files refer to weakly, in every shared library. */
  const hooks = /^(_ITM_(de)?registerTMCloneTable|__gmon_start__)$/
  /** The newest glibc that may be asked for: Ubuntu 22.04, Debian 12 and RHEL 9 have it. */
  const newestGlibc = [2, 34]
  let elf

  before(() => {
    elf = new Elf(addon)
  })

  test('exports the entry point of Node-API and nothing else', () => {
    assert.deepEqual(names(elf.exports), [entry])
  })

  test('opens system libraries only', () => {
    assert.deepEqual(
      elf.needed.filter((library) => !system.test(library)),
      [],
    )
  })

  test('binds every import to a version of a system library', () => {
    const loose = elf.imports.filter(
      ({ name, weak, library }) =>
        !(weak && hooks.test(name)) && !system.test(library ?? 'the host'),
    )
    assert.deepEqual(names(loose), [])
  })

  test('imports no name that Node embeds', () => {
    assert.deepEqual(
      names(elf.imports).filter((name) => embedded.test(name)),
      [],
    )
  })

  test('can be loaded late: no static thread-local storage', () => {
    assert.equal(elf.flags.flags & flag.staticTls, 0)
  })

  test('stays loaded when the last Node environment that uses it ends', () => {
    assert.notEqual(elf.flags.flags1 & flag.noDelete1, 0)
  })

  test('asks for no newer glibc than is promised', (context) => {
    const versions = elf.imports
      .map(({ version }) =>
        /^GLIBC_(\d+)\.(\d+)/
          .exec(version ?? '')
          ?.slice(1)
          .map(Number),
      )
      .filter((version) => version !== undefined)
      .sort(([major, minor], [otherMajor, otherMinor]) => major - otherMajor || minor - otherMinor)
    const [major, minor] = versions.at(-1)
    context.diagnostic(`needs glibc ${major}.${minor}`)
    assert.ok(
      major < newestGlibc[0] || (major === newestGlibc[0] && minor <= newestGlibc[1]),
      `glibc ${major}.${minor} is newer than ${newestGlibc.join('.')}`,
    )
  })
})

describe('the addon on macOS', { skip: process.platform !== 'darwin' && 'not Mach-O' }, () => {
  test('exports the entry point of Node-API', () => {
    assert.ok(nm('-gU').includes(`_${entry}`))
  })

  // Exports of dependencies do no harm here: the two-level namespace binds a name to one library.
  test('leaves no name for the host to define', () => {
    assert.deepEqual(
      nm('-u').filter((name) => embedded.test(name.replace(/^_/, ''))),
      [],
    )
  })

  function nm(flags) {
    const output = execFileSync('nm', [flags, addon], { encoding: 'utf8', maxBuffer: 1 << 28 })
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ').at(-1))
  }
})

function names(symbols) {
  return symbols.map(({ name }) => name)
}
