import { Column, type RowWriter } from './column.js'
import type { Fingerprints } from './fingerprints.js'
import { MAX_SHAPE_BRANCHES, MAX_SHAPE_KEYS } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import { privateArray, SafeMap } from '../shared/primordials.js'
import { ByteWriter } from './bytes.js'

/** What is kept from payload to payload, in KiB. More than this, and the encoder starts over. */
const MAX_KIB = 96 * 1024
/** About what a shape takes, with its branches and its definition, in KiB. */
const SHAPE_KIB = 2
/** About what each of its columns takes. */
const COLUMN_KIB = 2
/** About what a writer takes: its source, and what V8 makes of it. */
const WRITER_KIB = 30
/** Rows after which a shape gets a writer of its own. */
export const COMPILE_AFTER = 64

/** A list of keys in order: a node in the tree of all such lists that the encoder met. */
export class Shape {
  /** The branch taken last, which is the likely next one. */
  private lastKey: string | undefined
  private lastNext: Shape | undefined
  private branches: Map<string, Shape> | undefined

  /** In this payload: objects written inline. */
  seen = 0
  /** In this payload: index among the inline shapes, or -1. */
  inlineIndex = -1
  /** In this payload: index among the shapes with columns, or -1. */
  index = -1
  /** In this payload: rows written to the columns. */
  rows = 0
  columns: Column[] | undefined
  writer: RowWriter | undefined
  /** In this payload: whether the identity set holds objects of this shape. */
  inSet = false
  /** Rows ever written. */
  total = 0
  fingerprints: Fingerprints | undefined
  private keyList: string[] | undefined
  private bytes: Uint8Array | undefined
  private byteCount = 0

  constructor(
    readonly tree: ShapeTree,
    readonly nullPrototype: boolean,
    private readonly parent: Shape | undefined,
    private readonly key: string,
    /** Number of keys. */
    readonly size: number,
  ) {}

  /** The shape with one key more, or undefined where objects are better written as dictionaries. */
  next(key: string): Shape | undefined {
    return key === this.lastKey ? this.lastNext : this.nextSlow(key)
  }

  private nextSlow(key: string): Shape | undefined {
    const shape = this.branches?.get(key) ?? this.branch(key)
    if (shape === undefined) return undefined
    this.lastKey = key
    return (this.lastNext = shape)
  }

  private branch(key: string): Shape | undefined {
    const branches = (this.branches ??= new SafeMap())
    if (branches.size === MAX_SHAPE_BRANCHES || this.size === MAX_SHAPE_KEYS) return undefined
    const shape = new Shape(this.tree, this.nullPrototype, this, key, this.size + 1)
    this.tree.kib += SHAPE_KIB
    branches.set(key, shape)
    return shape
  }

  get keys(): string[] {
    if (this.keyList !== undefined) return this.keyList
    const list = privateArray<string>()
    if (this.parent !== undefined) {
      const before = this.parent.keys
      for (let i = 0; i < before.length; i++) list[i] = before[i]!
      list[this.size - 1] = this.key
    }
    return (this.keyList = list)
  }

  /** Writes the definition: varint 2 * size + prototype flag, then the keys. */
  writeDefinition(out: ByteWriter, platform: Platform): void {
    if (this.bytes === undefined) this.makeDefinition(platform)
    out.bytesOf(this.bytes!, this.byteCount)
  }

  private makeDefinition(platform: Platform): void {
    const out = new ByteWriter(64)
    out.varint(this.size * 2 + (this.nullPrototype ? 1 : 0))
    for (let i = 0; i < this.size; i++) out.text(this.keys[i]!, platform)
    this.bytes = out.bytes
    this.byteCount = out.pos
  }

  /** Gives the shape columns in this payload. */
  activate(index: number): void {
    this.index = index
    if (this.columns !== undefined) return
    const columns = privateArray<Column>()
    for (let i = 0; i < this.size; i++) columns[i] = new Column()
    this.columns = columns
    this.tree.kib += this.size * COLUMN_KIB
  }

  /** Gives the shape a writer of its own, for all payloads to come. */
  compiled(writer: RowWriter, fingerprints: Fingerprints): void {
    this.writer = writer
    this.fingerprints = fingerprints
    this.tree.kib += WRITER_KIB
  }

  /** Forgets the payload. */
  reset(): void {
    this.seen = 0
    this.inSet = false
    this.inlineIndex = -1
    if (this.index === -1) return
    this.index = -1
    this.rows = 0
    this.fingerprints?.reset()
    for (let i = 0; i < this.size; i++) this.columns![i]!.reset()
  }
}

/** All shapes an encoder knows. */
export class ShapeTree {
  kib = 0
  private plain = new Shape(this, false, undefined, '', 0)
  private bare = new Shape(this, true, undefined, '', 0)

  /** The shape without keys. */
  root(nullPrototype: boolean): Shape {
    return nullPrototype ? this.bare : this.plain
  }

  /** To be called between payloads only. */
  prune(): void {
    if (this.kib <= MAX_KIB) return
    this.kib = 0
    this.plain = new Shape(this, false, undefined, '', 0)
    this.bare = new Shape(this, true, undefined, '', 0)
  }
}
