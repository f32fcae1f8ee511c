import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

import { root } from './paths.mjs'
import { run } from './run.mjs'

/** What @napi-rs/cli needs; the package itself runs on any Node 20. */
const minimumNode = '20.17'
const windows = process.platform === 'win32'

/**
 * @typedef {object} Problem
 * @property {string} what is missing or too old
 * @property {string} fix how to get it
 *
 * @typedef {object} Toolchain
 * @property {Problem[]} problems all of them, so that one look is enough
 * @property {string} rustc the version found, or ''
 */

/**
 * Looks for all that a build needs.
 *
 * @returns {Promise<Toolchain>}
 */
export async function inspectToolchain() {
  findCargoHome()
  const [rust, linker] = await Promise.all([inspectRust(), inspectLinker()])
  const problems = [inspectNode(), ...rust.problems, linker].filter((found) => found !== undefined)
  return { problems, rustc: rust.version }
}

function inspectNode() {
  if (atLeast(process.versions.node, minimumNode)) return undefined
  return {
    what: `Node.js ${minimumNode} or newer (this is ${process.versions.node})`,
    fix: 'https://nodejs.org/en/download, or `nvm install 20`',
  }
}

/** rustup edits the profile of future shells only: a shell that is open lacks its folder. */
function findCargoHome() {
  const bin = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'bin')
  const path = process.env.PATH ?? ''
  if (existsSync(bin) && !path.split(delimiter).includes(bin)) {
    process.env.PATH = `${path}${delimiter}${bin}`
  }
}

async function inspectRust() {
  const minimum = /rust-version = "([^"]+)"/.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))[1]
  const fix = windows
    ? 'https://rustup.rs (rustup-init.exe)'
    : "`curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh`"
  const [version, cargo] = await Promise.all([versionOf('rustc'), versionOf('cargo')])
  const problems = []
  if (version === '' || cargo === '') {
    const missing = version === '' ? 'rustc' : 'cargo'
    problems.push({ what: `Rust ${minimum} or newer (${missing} not found)`, fix })
  } else if (!atLeast(version, minimum)) {
    problems.push({ what: `Rust ${minimum} or newer (this is ${version})`, fix: '`rustup update`' })
  }
  return { version, problems }
}

async function versionOf(program) {
  try {
    return /\d+\.\d+\.\d+/.exec(await run([program, '--version']))?.[0] ?? ''
  } catch {
    return ''
  }
}

async function inspectLinker() {
  if (windows) return hasVisualStudio() ? undefined : linkerProblem
  try {
    await run(['cc', '--version'])
    return undefined
  } catch {
    return linkerProblem
  }
}

function hasVisualStudio() {
  const programs = process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)'
  const locator = join(programs, 'Microsoft Visual Studio', 'Installer', 'vswhere.exe')
  return process.env.VCINSTALLDIR !== undefined || existsSync(locator)
}

const linkerProblem = {
  what: windows ? 'the Visual C++ build tools' : 'a C toolchain (`cc` not found)',
  fix:
    {
      win32: '`winget install Microsoft.VisualStudio.2022.BuildTools`, workload "Desktop C++"',
      darwin: '`xcode-select --install`',
    }[process.platform] ?? '`sudo apt install build-essential`, or `sudo dnf install gcc`',
}

function atLeast(version, minimum) {
  const [major, minor] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = minimum.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}
