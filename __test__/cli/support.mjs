import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

import { endsWithUs } from '../../scripts/lib/children.mjs'
import { distDir } from '../../scripts/lib/paths.mjs'
import { engine } from '../support/engine.mjs'

/** What the package's `bin` names. */
export const bin = join(distDir, 'cli', 'main.js')

/** A folder of this test file's own, with what the tests put there. */
export class Folder {
  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'isolane-cli-'))
    after(() => rmSync(this.path, { recursive: true, force: true }))
  }

  at(name) {
    return join(this.path, name)
  }

  /** Writes a file and gives its name, by which the command, which runs here, finds it. */
  write(name, text) {
    writeFileSync(this.at(name), text)
    return name
  }

  read(name) {
    return readFileSync(this.at(name), 'utf8')
  }

  has(name) {
    return this.names().includes(name)
  }

  names() {
    return readdirSync(this.path)
  }

  /** `isolane` with these words. */
  run(words, options = {}) {
    return start(this.path, words, options).ended
  }

  /** `isolane map` with these words, on the engine under test. */
  map(words, options = {}) {
    return this.start(words, options).ended
  }

  /** As {@link map}, and gives the process too. */
  start(words, options = {}) {
    return start(this.path, ['map', ...words, '--engine', engine], options)
  }
}

/**
 * @param {string} cwd
 * @param {string[]} words
 * @param {object} options
 * @param {string | Buffer} [options.stdin] default: an empty one
 * @param {boolean} [options.staysOpen] whether more might come on standard input
 * @param {string[]} [options.through] stands before the command line
 * @param {Record<string, string>} [options.env]
 * @param {boolean} [options.holds] whether nobody reads standard output until somebody does
 */
function start(cwd, words, options) {
  const { stdin = '', staysOpen = false, through = [], env = {}, holds = false } = options
  const [program, ...args] = [...through, process.execPath, bin, ...words]
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' })
  endsWithUs(child, 'SIGKILL')
  const result = { stdout: '', stderr: '' }
  const gather = (name) =>
    child[name].setEncoding('utf8').on('data', (text) => (result[name] += text))
  gather('stderr')
  if (!holds) gather('stdout')
  child.stdin.on('error', () => {})
  if (staysOpen) child.stdin.write(stdin)
  else child.stdin.end(stdin)
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    // Output that nobody reads never closes.
    child.on(holds ? 'exit' : 'close', (code, signal) => resolve({ code, signal, ...result }))
  })
  return { child, ended, gather: () => gather('stdout') }
}

/** Lines of NDJSON. */
export const ndjson = (values) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

/** The values of lines of NDJSON. */
export const parsed = (text) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
