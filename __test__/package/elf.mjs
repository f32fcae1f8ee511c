import { readFileSync } from 'node:fs'

const sectionType = { strings: 3, dynamic: 6, dynsym: 11, verneed: 0x6ffffffe, versym: 0x6fffffff }
const tag = { needed: 1, flags: 30, flags1: 0x6ffffffb }
export const flag = { staticTls: 0x10, noDelete1: 0x8 }

/**
 * What the loader will do with a 64-bit little-endian ELF file: enough of the format to say which
 * names it takes and gives. Layouts: System V ABI (gABI), chapter 4 and 5, and the Linux Standard
 * Base for symbol versions.
 */
export class Elf {
  #bytes
  #sections

  /** @param {string} path */
  constructor(path) {
    this.#bytes = readFileSync(path)
    const ident = this.#bytes.subarray(0, 6).toString('latin1')
    if (ident !== '\x7fELF\x02\x01') throw new Error(`${path} is not a 64-bit little-endian ELF`)
    this.#sections = this.#readSections()
  }

  /** Libraries that the loader opens first. */
  get needed() {
    const strings = this.#dynamicStrings()
    return this.#dynamic()
      .filter(([key]) => key === tag.needed)
      .map(([, offset]) => strings(offset))
  }

  /** DT_FLAGS and DT_FLAGS_1. */
  get flags() {
    const value = (wanted) => this.#dynamic().find(([key]) => key === wanted)?.[1] ?? 0
    return { flags: value(tag.flags), flags1: value(tag.flags1) }
  }

  /** Names that others can find in the file. */
  get exports() {
    return this.#symbols().filter(({ defined }) => defined)
  }

  /** Names that the loader must find elsewhere, with the library and version they are bound to. */
  get imports() {
    return this.#symbols().filter(({ defined }) => !defined)
  }

  #symbols() {
    const section = this.#section(sectionType.dynsym)
    const strings = this.#strings(this.#sections[section.link])
    const versions = this.#versions()
    const versym = this.#section(sectionType.versym)
    const symbols = []
    // The first entry of every symbol table is reserved.
    for (let index = 1; index * 24 < section.size; index++) {
      const at = section.offset + index * 24
      const version = this.#bytes.readUInt16LE(versym.offset + index * 2) & 0x7fff
      symbols.push({
        name: strings(this.#bytes.readUInt32LE(at)),
        weak: this.#bytes[at + 4] >> 4 === 2,
        defined: this.#bytes.readUInt16LE(at + 6) !== 0,
        ...versions.get(version),
      })
    }
    return symbols
  }

  /** Version index -> `{ library, version }`, from the chain of needed versions. */
  #versions() {
    const section = this.#section(sectionType.verneed)
    const strings = this.#strings(this.#sections[section.link])
    const versions = new Map()
    let need = section.offset
    for (let next = -1; next !== 0; need += next) {
      const library = strings(this.#bytes.readUInt32LE(need + 4))
      let entry = need + this.#bytes.readUInt32LE(need + 8)
      for (let step = -1; step !== 0; entry += step) {
        const version = strings(this.#bytes.readUInt32LE(entry + 8))
        versions.set(this.#bytes.readUInt16LE(entry + 6), { library, version })
        step = this.#bytes.readUInt32LE(entry + 12)
      }
      next = this.#bytes.readUInt32LE(need + 12)
    }
    return versions
  }

  #dynamic() {
    const section = this.#section(sectionType.dynamic)
    const entries = []
    for (let at = section.offset; at < section.offset + section.size; at += 16) {
      entries.push([this.#long(at), this.#long(at + 8)])
    }
    return entries
  }

  #dynamicStrings() {
    return this.#strings(this.#sections[this.#section(sectionType.dynamic).link])
  }

  #strings(section) {
    return (offset) => {
      const start = section.offset + offset
      return this.#bytes.toString('latin1', start, this.#bytes.indexOf(0, start))
    }
  }

  #section(type) {
    const found = this.#sections.find((section) => section.type === type)
    if (found === undefined) throw new Error(`no ELF section of type ${type}`)
    return found
  }

  #readSections() {
    const table = this.#long(40)
    const size = this.#bytes.readUInt16LE(58)
    const count = this.#bytes.readUInt16LE(60)
    return Array.from({ length: count }, (_, index) => {
      const at = table + index * size
      return {
        type: this.#bytes.readUInt32LE(at + 4),
        offset: this.#long(at + 24),
        size: this.#long(at + 32),
        link: this.#bytes.readUInt32LE(at + 40),
      }
    })
  }

  #long(at) {
    return Number(this.#bytes.readBigUInt64LE(at))
  }
}
