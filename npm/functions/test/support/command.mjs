import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const manifest = require.resolve('isolane/package.json')

/** What `npx isolane` starts. */
export const bin = join(dirname(manifest), require(manifest).bin.isolane)

/**
 * Runs `isolane functions`; gives its exit code and what it wrote.
 *
 * @param {string[]} words
 * @param {object} [options]
 * @param {string} [options.store] as `ISOLANE_STORE` has it
 * @param {string[]} [options.preload] arguments of Node
 * @param {string} [options.stdin]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function isolane(words, { store = '', preload = [], stdin = '' } = {}) {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...preload, bin, 'functions', ...words],
      { cwd: import.meta.dirname, env: { ...process.env, ISOLANE_STORE: store } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    )
    child.stdin.end(stdin)
  })
}
