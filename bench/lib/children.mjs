import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

/**
 * Starts a Node process that measures, and calls {@link endWithParent}.
 *
 * @param {string[]} args of its command line
 * @param {'pipe' | 'inherit'} [stderr]
 */
export function startChild(args, stderr = 'pipe') {
  return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', stderr] })
}

/** What a child has written to stdout, once it has ended well. `onNote` hears what it says on stderr. */
export function outputOf(child, onNote = () => {}) {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
    onNote(text.trim())
  })
  return new Promise((settle, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) settle(stdout)
      else reject(new Error(`a process that measures ended with ${code}:\n${stderr}`))
    })
  })
}

/**
 * For a process that measures: it ends when the one that has started it does, in whatever way. Its
 * standard input does then.
 */
export function endWithParent() {
  const { stdin } = process
  // Where somebody starts it by hand, the input may be a file.
  if (!(stdin instanceof Socket)) return
  stdin.on('close', () => process.kill(process.pid, 'SIGKILL')).resume()
  stdin.unref()
}
