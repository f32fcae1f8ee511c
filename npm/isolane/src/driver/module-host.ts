/** What gives a CommonJS module its exports, called with `exports`, `require`, `module` and so on. */
export type CommonJsBody = (...names: never[]) => unknown

/** What an engine does for the modules of one function, which are known by their places in its list. */
export interface ModuleHost {
  /** Whether CommonJS modules may require one another: who comes second finds what there is by then. */
  readonly allowsCycles: boolean
  /** Compiles a CommonJS module, or one whose text is an expression. */
  compile(index: number): CommonJsBody
  /** The text of a module that is JSON. */
  text(index: number): string
  /** The place of the module that `specifier` means in the module `from`; -1 for none. */
  resolve(from: number, specifier: string): number
  /** The namespace of an ES module, which is evaluated if it was not. Throws where one awaits at its top level. */
  importNow(index: number): object
  /** What a module of the engine's own exports. */
  builtin?(id: string): unknown
}
