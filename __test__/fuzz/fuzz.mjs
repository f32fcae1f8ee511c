/** Fuzzes targets in turn, and sums up. `scripts/fuzz.mjs` is its command line. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { watch } from './watchdog.mjs'

export const TARGETS = [
  'codec',
  'text',
  'records',
  'wire',
  'options',
  'check',
  'sharing',
  'programs',
]
/** Share of the time that each target has. */
const SHARES = {
  codec: 1,
  text: 1,
  records: 1,
  wire: 1,
  options: 1,
  check: 1,
  sharing: 1,
  programs: 4,
}
const folder = fileURLToPath(new URL('../../target/fuzz/', import.meta.url))
const LOST = 'ERR_ISOLANE_WORKER_LOST'
/** Findings of one kind that are looked into. */
const MOST_ALIKE = 2
const MINIMISING_MS = 60_000
/** How often a line shows that it goes on. */
const TELL_MS = 60_000

/**
 * @param {{ seconds: number, seed: number, targets: string[], engines: string[], print: (text: string) => void }} options
 * @returns {Promise<number>} how many findings there were
 */
export async function fuzz({ seconds, seed, targets, engines, print }) {
  const all = targets.reduce((sum, name) => sum + SHARES[name], 0)
  let findings = 0
  for (const name of targets) {
    const target = await import(`./targets/${name}.mjs`)
    const own = target.engines.filter((engine) => engine === undefined || engines.includes(engine))
    for (const engine of own) {
      const share = (seconds * SHARES[name]) / all / own.length
      findings += await new Campaign({ name, target, engine, seed, print }).run(share)
    }
  }
  return findings
}

/** One target on one engine. */
class Campaign {
  #options
  #outcomes = new Map()
  #findings = new Map()
  #peakMb = 0
  #lost = 0
  #processes = 0
  #rounds = 0
  #tellAt = Date.now() + TELL_MS
  /** Rounds that no limit could stop. */
  #stuck = []

  constructor(options) {
    this.#options = options
  }

  async run(seconds) {
    const { name, engine, seed, print } = this.#options
    const end = Date.now() + seconds * 1000
    let from = 0
    while (Date.now() < end) {
      this.#processes++
      const watched = await watch(
        { name, engine, seed, from },
        {
          onOutcome: (round, outcome) => this.#count(round, outcome),
          isOver: () => {
            this.#tellSometimes()
            return Date.now() >= end
          },
        },
      )
      from = watched.next
      this.#peakMb = Math.max(this.#peakMb, watched.peakMb)
      this.#lost += watched.lost
      for (const finding of watched.findings) await this.#take(finding, end)
    }
    print(this.#summary())
    return [...this.#findings.values()].reduce((sum, count) => sum + count, 0)
  }

  #count(round, outcome) {
    this.#rounds++
    if (outcome === LOST) this.#stuck.push(round)
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
  }

  /** A run may take an hour. */
  #tellSometimes() {
    if (Date.now() < this.#tellAt) return
    this.#tellAt = Date.now() + TELL_MS
    this.#options.print(`… ${this.#head()}`)
  }

  #head() {
    const { name, engine } = this.#options
    return (
      `${name}${engine ? ` on ${engine}` : ''}: ${this.#rounds} rounds in ${this.#processes} ` +
      `processes, peak ${this.#peakMb} MiB, ${this.#lost} workers lost`
    )
  }

  #summary() {
    const outcomes = [...this.#outcomes].sort((one, other) => other[1] - one[1])
    const lines = [
      this.#head(),
      ...outcomes.map(([outcome, count]) => `  ${String(count).padStart(8)} ${outcome}`),
      ...(this.#stuck.length > 0
        ? [`           workers lost in rounds ${this.#stuck.join(', ')}`]
        : []),
      ...[...this.#findings].map(([kind, count]) => `  ${String(count).padStart(8)} ✗ ${kind}`),
    ]
    return lines.join('\n')
  }

  async #take(finding) {
    const { name, engine, seed, print } = this.#options
    const key = `${finding.kind}: ${finding.detail.replace(/^\[/, '').split('\n')[0].replace(/\d+/g, 'n').slice(0, 100)}`
    const count = (this.#findings.get(key) ?? 0) + 1
    this.#findings.set(key, count)
    if (count > MOST_ALIKE) return
    print(
      `\n✗ ${name}${engine ? ` on ${engine}` : ''}, seed ${seed}, rounds ${finding.rounds}: ${finding.kind}\n${finding.detail}`,
    )
    for (const round of finding.rounds) {
      const kept = await this.#keep(round, finding)
      if (kept !== undefined) print(kept)
    }
  }

  /** Stores a round's case, as small as it can be had. */
  async #keep(round, finding) {
    const { name, target, engine, seed } = this.#options
    if (target.shownCase === undefined) return undefined
    let given
    await watch(
      { name, engine, seed, list: [round], describe: true },
      { onCase: (value) => (given = value) },
    )
    if (given === undefined) return undefined
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `${name}-${seed}-${round}.json`)
    const task = { name, engine, seed, file }
    const fails = async (candidate) => {
      writeFileSync(file, JSON.stringify(candidate, null, 2))
      const { findings } = await watch(task)
      return findings.some(({ kind }) => kind === finding.kind)
    }
    const end = Date.now() + MINIMISING_MS
    const alone = await fails(given)
    if (alone) given = await smallest(target, given, fails, end)
    writeFileSync(file, JSON.stringify({ ...given, name, engine, seed, finding }, null, 2))
    return `${alone ? 'The smallest that does it' : 'Does not do it alone'}: ${file}\n${target.shownCase(given)}`
  }
}

async function smallest(target, first, fails, end) {
  let given = first
  for (let again = true; again;) {
    again = false
    for (const candidate of target.smaller(given)) {
      if (Date.now() > end) return given
      if (!(await fails(candidate))) continue
      given = candidate
      again = true
      break
    }
  }
  return given
}
