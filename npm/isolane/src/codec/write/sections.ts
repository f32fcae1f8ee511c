import { Column } from './column.js'
import { HOT_SHAPE, MAX_ROOT_COLUMNS, MAX_SHAPES, Type } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import { ObjectKeys, privateArray, TypedArrayBuffer } from '../shared/primordials.js'
import { ShapeTree, type Shape } from './shapes.js'
import { StringTable } from './strings.js'
import { ByteWriter } from './bytes.js'

/** Bytes at the end of a payload with sections: two offsets. */
const FOOTER = 8

/** Collects what goes to the sections of a payload: strings, tables of shapes, root columns. */
export class SectionWriter {
  readonly out = new ByteWriter()
  readonly strings: StringTable
  private readonly tree = new ShapeTree()
  /** Shapes with columns in this payload. */
  private readonly shapes = privateArray<Shape>()
  private shapeCount = 0
  /** Columns of arrays that stand inline. */
  readonly roots = privateArray<Column>()
  private rootCount = 0
  /** Shapes that know something of this payload. */
  private readonly touched = privateArray<Shape>()
  private touchedCount = 0
  /** What readers of the sections need to know; written behind them. */
  private readonly description = new ByteWriter()
  /** Whether `for in` shows the own keys of a plain object only. */
  plainForIn = true

  constructor(private readonly platform: Platform) {
    this.strings = new StringTable(platform)
  }

  /** To be called before each payload. */
  start(): void {
    this.plainForIn = true
    for (const _ in {}) this.plainForIn = false
  }

  /** Forgets the payload and every value in it. */
  reset(): void {
    this.strings.reset()
    for (let i = 0; i < this.touchedCount; i++) this.touched[i]!.reset()
    for (let i = 0; i < this.rootCount; i++) this.roots[i]!.reset()
    this.touchedCount = this.shapeCount = this.rootCount = 0
    this.description.reset()
    this.tree.prune()
  }

  /** The shape of a plain object, or undefined if it is a dictionary. */
  shapeOf(value: object, bare: boolean): Shape | undefined {
    if (!this.plainForIn && !bare) return this.instanceShape(value)
    let shape: Shape | undefined = this.tree.root(bare)
    for (const key in value) {
      shape = shape.next(key)
      if (shape === undefined) return undefined
    }
    return shape
  }

  /** The same for an object whose prototypes may have enumerable properties. */
  instanceShape(value: object): Shape | undefined {
    let shape: Shape | undefined = this.tree.root(false)
    const keys = ObjectKeys(value)
    for (let i = 0; i < keys.length; i++) {
      shape = shape.next(keys[i]!)
      if (shape === undefined) return undefined
    }
    return shape
  }

  /** Counts an object that would stand inline; whether its shape has earned columns by now. */
  warm(shape: Shape): boolean {
    if (shape.seen === 0) this.touch(shape)
    shape.inSet = true
    if (++shape.seen < HOT_SHAPE || this.shapeCount === MAX_SHAPES) return false
    this.activate(shape)
    return true
  }

  /** Where many objects are expected, the first one's shape gets columns at once. */
  claims(column: Column, shape: Shape): boolean {
    if (column.sawObject || this.shapeCount === MAX_SHAPES) return false
    column.sawObject = true
    this.activate(shape)
    return true
  }

  private touch(shape: Shape): void {
    this.touched[this.touchedCount++] = shape
  }

  private activate(shape: Shape): void {
    if (shape.seen === 0) this.touch(shape)
    shape.seen++
    shape.activate(this.shapeCount)
    this.shapes[this.shapeCount++] = shape
  }

  /** The index of a column for an inline array: a new one while there are few. */
  root(): number {
    if (this.rootCount === MAX_ROOT_COLUMNS) return MAX_ROOT_COLUMNS - 1
    this.roots[this.rootCount] ??= new Column()
    return this.rootCount++
  }

  /** Fills up rows that were not written to their end; nobody reads them. */
  completeRows(): void {
    for (let i = 0; i < this.shapeCount; i++) {
      const { columns, rows, size } = this.shapes[i]!
      for (let j = 0; j < size; j++) {
        const column = columns![j]!
        while (column.count < rows) column.constant(Type.Undefined)
      }
    }
  }

  /**
   * Writes the sections, if there are any: streams first, their description behind them, since only
   * then it is known.
   *
   * @returns whether there are any
   */
  write(): boolean {
    const { out, strings, description } = this
    if (this.rootCount === 0 && this.shapeCount === 0 && strings.count === 0) return false
    out.align(8)
    const streams = out.pos
    strings.write(out, description)
    const values = this.writeShapes() + this.writeRoots()
    const at = out.pos
    out.block(TypedArrayBuffer(description.bytes), description.pos)
    // A value may take no bytes at all, but readers allow only as many values as bytes.
    while (out.pos + FOOTER < values) out.byte(0)
    out.u32(streams)
    out.u32(at)
    return true
  }

  private writeShapes(): number {
    const { out, description, shapes, shapeCount } = this
    description.varint(shapeCount)
    let values = 0
    for (let i = 0; i < shapeCount; i++) {
      shapes[i]!.writeDefinition(description, this.platform)
      description.varint(shapes[i]!.rows)
      values += shapes[i]!.rows
    }
    for (let i = 0; i < shapeCount; i++) {
      const { columns, size } = shapes[i]!
      for (let j = 0; j < size; j++) values += columns![j]!.write(out, description)
    }
    return values
  }

  private writeRoots(): number {
    const { out, description, roots, rootCount } = this
    description.varint(rootCount)
    let values = 0
    for (let i = 0; i < rootCount; i++) {
      description.varint(roots[i]!.count)
      values += roots[i]!.write(out, description)
    }
    return values
  }
}
