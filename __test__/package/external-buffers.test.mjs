/**
 * Electron allows no buffer over memory that is not V8's own: `napi_create_external_buffer` and
 * `napi_create_external_arraybuffer` refuse there, and results have to be copied. Node never refuses.
 * So a copy of the addon is made here that asks for the functions by other names, under which a
 * library answers as Electron does.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { platform } from '../../scripts/lib/host.mjs'
import { nativeDir } from '../../scripts/lib/paths.mjs'
import { runScript } from '../support/processes.mjs'

/** Each name, and one as long as it, so that nothing in the file moves. */
const NAMES = [
  ['napi_create_external_buffer', 'napi_refuse_external_buffer'],
  ['napi_create_external_arraybuffer', 'napi_refuse_external_arraybuffer'],
]

/** `napi_no_external_buffers_allowed` is 22; the file counts how often they were asked. */
const REFUSAL = `
  #include <stdlib.h>
  #include <stdio.h>
  static int asked;
  static void tell(void) { fprintf(stderr, "refused %d\\n", asked); }
  static int refuse(void) { if (asked++ == 0) atexit(tell); return 22; }
  ${NAMES.map(([, refused]) => `int ${refused}(void) { return refuse(); }`).join('\n')}
`

describe(
  'where external buffers are refused',
  { skip: process.platform !== 'linux' && 'replaces a symbol of an ELF file' },
  () => {
    let folder
    before(() => (folder = mkdtempSync(join(tmpdir(), 'isolane-'))))
    after(() => rmSync(folder, { recursive: true }))

    test('results of every size arrive as copies', async () => {
      const addon = join(folder, 'isolane.node')
      writeFileSync(addon, renamed(readFileSync(join(nativeDir, `isolane.${platform}.node`))))
      const source = join(folder, 'refusal.c')
      const library = join(folder, 'refusal.so')
      writeFileSync(source, REFUSAL)
      execFileSync('cc', ['-shared', '-fPIC', '-o', library, source])
      const script = `
        import { Pool } from 'isolane'
        const pool = new Pool({ threads: 2 })
        for (const size of [0, 1, 65_000, 66_000, 100_000, 5_000_000]) {
          const bytes = await pool.run((n) => new Uint8Array(n).fill(n % 251), size)
          if (bytes.length !== size || bytes.some((byte) => byte !== size % 251)) throw new Error(size)
          const text = await pool.run((n) => 'x'.repeat(n), size)
          if (text !== 'x'.repeat(size)) throw new Error(size)
        }
        const copy = await pool.run((x) => x, new Float64Array(1e6).fill(4))
        if (copy.length !== 1e6 || copy.some((x) => x !== 4)) throw new Error('run')
        const doubled = await pool.map(new Float64Array(1e6).fill(4), (x) => x * 2)
        if (doubled.length !== 1e6 || doubled.some((x) => x !== 8)) throw new Error('map')
        console.log('done')
        await pool.close()`
      const env = { LD_PRELOAD: library, NAPI_RS_NATIVE_LIBRARY_PATH: addon }
      const { code, stdout, stderr } = await runScript(script, { env })
      assert.deepEqual({ code, stdout }, { code: 0, stdout: 'done\n' }, stderr)
      assert.match(stderr, /^refused \d+$/m, 'the addon has asked for external buffers')
    })
  },
)

/** The addon, with the functions' names replaced wherever they stand. */
function renamed(addon) {
  for (const [name, refused] of NAMES) {
    let count = 0
    for (let at = addon.indexOf(name); at >= 0; at = addon.indexOf(name, at + 1)) {
      addon.write(refused, at, 'latin1')
      count++
    }
    assert.ok(count > 0, `the addon looks ${name} up by its name`)
  }
  return addon
}
