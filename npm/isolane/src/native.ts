import { EngineUnavailableError } from './errors.js'
import type { Engine } from './options.js'

/** The addon, as `crates/isolane/src/binding.rs` exports it. */
export interface Binding {
  engines(): Engine[]
  v8Version(): string | null
  parallelism(): number
  NativePool: new (options: NativeOptions, notify: () => void) => NativePool
}

/** How a pool is made, checked. */
export interface NativeOptions {
  threads: number
  /** Bytes. */
  memoryLimit: number
  maxQueue?: number
  name: string
}

/** A pool as the addon has it. */
export interface NativePool {
  define(name: string, source: string): number
  releaseFunction(key: number): void
  share(name: string, value: Uint8Array): number
  releaseShared(key: number): void
  submit(batch: Uint8Array, length: number): void
  appendItems(job: number, items: Uint8Array, count: number, stride: number): void
  drain(inbox: Uint8Array, externals: Uint8Array[], polling: boolean): number
  status(): string
  stats(): string
  resetStats(): void
  close(force: boolean): void
  destroy(): void
}

let loaded: Binding | undefined

/** Loads the addon at first use, so that `require('isolane')` costs nothing and cannot fail. */
export function binding(): Binding {
  if (loaded !== undefined) return loaded
  try {
    loaded = require('./native/binding.js') as Binding
    return loaded
  } catch (error) {
    throw new EngineUnavailableError(
      `The native part of isolane could not be loaded for ${process.platform}-${process.arch}. ` +
        `Install the platform package (npm install with optional dependencies), or build from ` +
        `source: \`npm start\` in the repository`,
      { cause: error },
    )
  }
}
