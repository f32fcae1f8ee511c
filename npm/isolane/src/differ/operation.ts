/**
 * What changed in a value, node by node. Paths of one list of operations all refer to the value as it was
 * before any of them: an index is that of the original array, whatever else is inserted or deleted.
 */

/** What can tell an element of an array, an entry of a Map or a member of a Set. */
export type KeyValue = string | number | bigint | boolean | null | undefined

/** The element of an array whose property `key` is `is`. */
export interface ElementStep {
  readonly key: string
  readonly is: KeyValue
}

/** The entry of a Map. */
export interface EntryStep {
  readonly entry: KeyValue
}

/** The member of a Set; always the last step. */
export interface MemberStep {
  readonly member: KeyValue
}

/** One step from a node to one below: a property, an index of an array, or what the others say. */
export type PathStep = string | number | ElementStep | EntryStep | MemberStep

/** From the root to a node; the root's is empty. */
export type Path = readonly PathStep[]

/**
 * One change.
 *
 * | op | on | what it does |
 * | --- | --- | --- |
 * | `set` | any node | the node becomes `value`; a property or entry that was not there is added |
 * | `delete` | all but the root | the node goes away; elements behind it move up |
 * | `insert` | an index | `value` comes before the element that has the index, or at the end where it is the length |
 * | `insert` | an element by key | `value` is added behind the element whose key is `after`; `null`: in front |
 * | `insert` | a member of a Set | the member is added |
 * | `move` | an element by key | it goes behind the element whose key is `after`; `null`: to the front |
 */
export interface PatchOperation {
  readonly op: 'set' | 'delete' | 'insert' | 'move'
  readonly path: Path
  /** Of `set` and `insert`. */
  readonly value?: unknown
  /** Of `move`, and of `insert` by key. */
  readonly after?: KeyValue
}

/** Which elements of arrays are told by a property of theirs; see `PatchOptions.key`. */
export type ElementKeys = string | Readonly<Record<string, string>>

/** What is to be compared: by which keys, and at which paths. */
export type DiffScope = [key: ElementKeys | undefined, paths: readonly Path[] | undefined]

/** Why there is no difference that can be told. */
export interface DiffRefusal {
  path: Path
  why: string
}
