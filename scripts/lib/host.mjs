/** What this machine is called by Rust and by napi-rs: `[triple, platform]`. */
const hosts = {
  'linux-x64': ['x86_64-unknown-linux-gnu', 'linux-x64-gnu'],
  'linux-arm64': ['aarch64-unknown-linux-gnu', 'linux-arm64-gnu'],
  'darwin-x64': ['x86_64-apple-darwin', 'darwin-x64'],
  'darwin-arm64': ['aarch64-apple-darwin', 'darwin-arm64'],
  'win32-x64': ['x86_64-pc-windows-msvc', 'win32-x64-msvc'],
}

const key = `${process.platform}-${process.arch}`
const known = hosts[key]
if (known === undefined) {
  throw new Error(
    `isolane is not built for ${key}; it is built for ${Object.keys(hosts).join(', ')}`,
  )
}

/**
 * The target every cargo call names. `napi build` always passes one, and cargo keeps targets
 * apart: a call without it would compile V8's glue a second time.
 */
export const triple = process.env.CARGO_BUILD_TARGET ?? known[0]
/** The suffix of the platform package, for instance `linux-x64-gnu`. */
export const platform = known[1]
