import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout, as an absolute path. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const packageDir = join(root, 'npm', 'isolane')
export const distDir = join(packageDir, 'dist')
/** Where the addon and its generated loader go; tsc never writes here. */
export const nativeDir = join(distDir, 'native')
export const targetDir = process.env.CARGO_TARGET_DIR ?? join(root, 'target')
export const sourceDir = join(packageDir, 'src')
/** Where the scripts go that isolates run before user code. */
export const preludeDir = join(root, 'crates', 'isolane-v8', 'src')

const tools = {
  attw: '@arethetypeswrong/cli/dist/index.js',
  napi: '@napi-rs/cli/dist/cli.js',
  oxfmt: 'oxfmt/bin/oxfmt',
  oxlint: 'oxlint/bin/oxlint',
  publint: 'publint/src/cli.js',
  tsc: 'typescript/bin/tsc',
}

/**
 * A tool of the lock file as a command line: started by this Node itself, so that neither a shell
 * nor PATH decides which one runs.
 */
export function tool(name, ...args) {
  return [process.execPath, join(root, 'node_modules', tools[name]), ...args]
}
