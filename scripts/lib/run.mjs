import { spawn } from 'node:child_process'
import { basename } from 'node:path'

import { endsWithUs } from './children.mjs'
import { root } from './paths.mjs'

/** A command that ended badly; `output` is what it wrote. */
export class CommandError extends Error {
  constructor(command, reason, output) {
    super(`\`${command.join(' ')}\` ${reason}`)
    this.name = 'CommandError'
    this.output = output
  }
}

/**
 * Runs a command in the checkout and resolves with its output (stdout and stderr in one string).
 *
 * @param {string[]} command program and arguments
 * @param {object} [options]
 * @param {Record<string, string>} [options.env] added to this process's environment
 * @param {string} [options.cwd] default: the checkout
 * @param {(line: string) => void} [options.onLine] hears each line while the command runs
 * @returns {Promise<string>}
 * @throws {CommandError} when it cannot start or does not exit with 0
 */
export function run(command, { env = {}, cwd = root, onLine = () => {} } = {}) {
  const [program, ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a .cmd file on Windows, which starts only through a shell.
      shell: process.platform === 'win32' && program.endsWith('.cmd'),
    })
    endsWithUs(child)
    const chunks = []
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', collect(chunks, onLine))
    }
    const fail = (reason) => reject(new CommandError(command, reason, chunks.join('')))
    child.on('error', (error) => fail(`did not start: ${error.message}`))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(chunks.join(''))
      else fail(signal === null ? `exited with code ${code}` : `was killed by ${signal}`)
    })
  })
}

function collect(chunks, onLine) {
  let rest = ''
  return (text) => {
    chunks.push(text)
    const lines = (rest + text).split(/\r?\n/)
    rest = lines.pop()
    lines.filter((line) => line.trim() !== '').forEach(onLine)
  }
}

/**
 * Runs a command on this terminal, its output unchanged, and resolves with its exit code.
 *
 * @param {string[]} command program and arguments
 * @param {object} [options]
 * @param {Record<string, string>} [options.env] added to this process's environment
 * @returns {Promise<number>} 1 when it could not start or was killed
 */
export function passthrough(command, { env = {} } = {}) {
  const [program, ...args] = command
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    endsWithUs(child)
    child.on('error', (error) => {
      console.error(`${program} did not start: ${error.message}`)
      resolve(1)
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** The npm that started this script, if one did: the one on PATH may belong to another Node. */
export function npm() {
  const script = process.env.npm_execpath
  if (script !== undefined && /^npm-cli\.[cm]?js$/.test(basename(script))) {
    return [process.execPath, script]
  }
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}
