/** Rules that are functions of the user's, over the syntax tree of a source. */

/** A node of the tree, as ESTree has them (of TypeScript as typescript-estree has them). */
export interface SyntaxNode {
  /** Such as `'CallExpression'`. */
  type: string
  /** The first character, from 0, in UTF-16. */
  start: number
  /** The first character behind it. */
  end: number
  /** `[start, end]`. */
  range: [number, number]
  /** `null` of the program. */
  parent: SyntaxNode | null
  [property: string]: any
}

/** A comment, which is no node of the tree. */
export interface SourceComment {
  type: 'Line' | 'Block'
  /** Without what begins and ends it. */
  value: string
  start: number
  end: number
}

/** The source as a rule sees it. */
export interface SourceCode {
  readonly text: string
  /** The whole tree: a `Program`. */
  readonly ast: SyntaxNode
  /** The text of a node; without one all of it. */
  getText(node?: { start: number; end: number }): string
  /** The nodes around one, the outermost first. */
  getAncestors(node: SyntaxNode): SyntaxNode[]
  getAllComments(): SourceComment[]
}

/** What a rule reports. */
export interface RuleReport {
  /** Where; or `start` and `end`. */
  node?: { start: number; end: number }
  start?: number
  end?: number
  /** What is wrong. `{{name}}` stands for the value of that name in `data`. */
  message?: string
  /** The name of a message in `meta.messages`, in place of `message`. */
  messageId?: string
  data?: Readonly<Record<string, unknown>>
  /** What to write instead. */
  help?: string
}

/** What a rule is given. */
export interface RuleContext {
  /** The name of the rule. */
  readonly id: string
  /** What stands behind the severity in the rules. */
  readonly options: readonly any[]
  readonly filename: string | undefined
  readonly sourceCode: SourceCode
  report(report: RuleReport): void
}

/**
 * Called for nodes, on the way down: by type (`CallExpression`), or for all (`'*'`). With `:exit` on the way
 * back up. Selectors of other kinds and types that no node has are refused. Nobody awaits a promise, so what
 * gives one is refused too.
 */
export type RuleListener = { readonly [selector: string]: ((node: SyntaxNode) => void) | undefined }

/** A rule, as ESLint's are written. */
export interface CustomRule {
  readonly meta?: {
    /** How it is judged where the rules do not say. Default: `'error'`. */
    readonly severity?: 'warn' | 'error'
    readonly messages?: Readonly<Record<string, string>>
    readonly [other: string]: unknown
  }
  /** Called once for each source; gives what is called for its nodes. */
  create(context: RuleContext): RuleListener
}
