import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { endsWithUs } from '../../scripts/lib/children.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Ends a process whose parent is gone, also where that one was killed, which it cannot hear of. It stands
 * on the first line of each script.
 */
const ORPHANS_END = [
  'const { ppid: parent } = process',
  `setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500).unref()`,
].join('; ')

/**
 * Runs a script in a Node process of its own, in the checkout, so that `isolane` resolves. It ends with
 * this process at the latest.
 *
 * @param {string} script an ES module's text
 * @param {{ env?: Record<string, string>, flags?: string[], through?: string[], onLine?: (line: string, child: import('node:child_process').ChildProcess) => void }} [options]
 *   `through` stands before the command line, such as a command that limits it; `onLine` sees each line of its standard output as it comes
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
export function runScript(script, { env = {}, flags = [], through = [], onLine } = {}) {
  const guarded = `{ ${ORPHANS_END} } ${script}`
  const node = [process.execPath, ...flags, '--input-type=module', '--eval', guarded]
  const [program, ...args] = [...through, ...node]
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endsWithUs(child, 'SIGKILL')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (stdout.slice(stdout.lastIndexOf('\n') + 1) + text).split('\n').slice(0, -1)
    stdout += text
    for (const line of lines) onLine?.(line, child)
  })
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
