/** Syntax trees: the types of their nodes, and the way through them, with its own stack, since trees are as deep as their sources nest. */

import type { SyntaxNode } from '../options/custom-rule.js'

/** Those of ESTree and of typescript-estree, as the parser of the addon writes them. Parentheses are no nodes. */
export const NODE_TYPES: ReadonlySet<string> = new Set(
  `
  AccessorProperty ArrayExpression ArrayPattern ArrowFunctionExpression AssignmentExpression
  AssignmentPattern AwaitExpression BinaryExpression BlockStatement BreakStatement
  CallExpression CatchClause ChainExpression ClassBody ClassDeclaration ClassExpression
  ConditionalExpression ContinueStatement DebuggerStatement Decorator DoWhileStatement
  EmptyStatement ExportAllDeclaration ExportDefaultDeclaration ExportNamedDeclaration
  ExportSpecifier ExpressionStatement ForInStatement ForOfStatement ForStatement
  FunctionDeclaration FunctionExpression Hashbang Identifier IfStatement ImportAttribute
  ImportDeclaration ImportDefaultSpecifier ImportExpression ImportNamespaceSpecifier
  ImportSpecifier JSXAttribute JSXClosingElement JSXClosingFragment JSXElement
  JSXEmptyExpression JSXExpressionContainer JSXFragment JSXIdentifier JSXMemberExpression
  JSXNamespacedName JSXOpeningElement JSXOpeningFragment JSXSpreadAttribute JSXSpreadChild
  JSXText LabeledStatement Literal LogicalExpression MemberExpression MetaProperty
  MethodDefinition NewExpression ObjectExpression ObjectPattern PrivateIdentifier Program
  Property PropertyDefinition RestElement ReturnStatement SequenceExpression SpreadElement
  StaticBlock Super SwitchCase SwitchStatement TSAbstractAccessorProperty
  TSAbstractMethodDefinition TSAbstractPropertyDefinition TSAnyKeyword TSArrayType
  TSAsExpression TSBigIntKeyword TSBooleanKeyword TSCallSignatureDeclaration TSClassImplements
  TSConditionalType TSConstructSignatureDeclaration TSConstructorType TSDeclareFunction
  TSEmptyBodyFunctionExpression TSEnumBody TSEnumDeclaration TSEnumMember TSExportAssignment
  TSExternalModuleReference TSFunctionType TSImportEqualsDeclaration TSImportType
  TSIndexSignature TSIndexedAccessType TSInferType TSInstantiationExpression TSInterfaceBody
  TSInterfaceDeclaration TSInterfaceHeritage TSIntersectionType TSIntrinsicKeyword
  TSJSDocNonNullableType TSJSDocNullableType TSJSDocUnknownType TSLiteralType TSMappedType
  TSMethodSignature TSModuleBlock TSModuleDeclaration TSNamedTupleMember
  TSNamespaceExportDeclaration TSNeverKeyword TSNonNullExpression TSNullKeyword TSNumberKeyword
  TSObjectKeyword TSOptionalType TSParameterProperty TSPropertySignature TSQualifiedName
  TSRestType TSSatisfiesExpression TSStringKeyword TSSymbolKeyword TSTemplateLiteralType
  TSThisType TSTupleType TSTypeAliasDeclaration TSTypeAnnotation TSTypeAssertion TSTypeLiteral
  TSTypeOperator TSTypeParameter TSTypeParameterDeclaration TSTypeParameterInstantiation
  TSTypePredicate TSTypeQuery TSTypeReference TSUndefinedKeyword TSUnionType TSUnknownKeyword
  TSVoidKeyword TaggedTemplateExpression TemplateElement TemplateLiteral ThisExpression
  ThrowStatement TryStatement UnaryExpression UpdateExpression VariableDeclaration
  VariableDeclarator WhileStatement WithStatement YieldExpression
`
    .trim()
    .split(/\s+/),
)

/** Called at a node. */
export type Visit = (node: SyntaxNode) => void

/** A node that has been entered. */
interface Entered {
  node: SyntaxNode
  children: SyntaxNode[]
  next: number
}

/** Calls `enter` for each node before those in it, and `leave` behind them. Nodes get `parent` and `range`. */
export function walk(root: SyntaxNode, enter: Visit, leave: Visit): void {
  const entered = [enterNode(root, null, enter)]
  for (;;) {
    const top = entered.at(-1)
    if (top === undefined) return
    const child = top.children[top.next++]
    if (child === undefined) {
      entered.pop()
      leave(top.node)
    } else {
      entered.push(enterNode(child, top.node, enter))
    }
  }
}

function enterNode(node: SyntaxNode, parent: SyntaxNode | null, enter: Visit): Entered {
  // Before the node knows the one above it, which would be a child too.
  const children = childrenOf(node)
  node.parent = parent
  node.range = [node.start, node.end]
  enter(node)
  return { node, children, next: 0 }
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) children.push(each)
    } else if (isNode(value)) {
      children.push(value)
    }
  }
  return children
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof (value as SyntaxNode | null)?.type === 'string'
}

/** The nodes around one, the outermost first. */
export function ancestorsOf(node: SyntaxNode): SyntaxNode[] {
  const ancestors: SyntaxNode[] = []
  for (let above = node.parent; above !== null; above = above.parent) ancestors.push(above)
  return ancestors.toReversed()
}
