/**
 * Calls the function of another script with its externals: the exports of `codec/shared/errors.ts`,
 * `codec/shared/primordials.ts` and `isolate/globals/primordials.ts`. All scripts must mean the same by them, and only this one runs
 * before user code. The bundler (`scripts/lib/bundling/externals.mjs`) writes this module anew, with each
 * name as an argument: a module's namespace would cost a getter for each.
 */
export function withExternals<T>(_script: (...externals: unknown[]) => T): T {
  throw new Error('the bundler has not written externals.ts')
}
