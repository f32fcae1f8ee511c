import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interleave } from '../lib/measure.mjs'
import { ISOLANE, SINGLE_THREADED } from '../peers/contenders.mjs'
import { hotel, makeRooms, makeTags } from '../workloads/rooms.mjs'

const PARALLEL = 'parallel --pipe'
const TAGS = 300
/** Rooms that repeat until the file is as long as it is to be. */
const ROOMS = 2000

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'cpuMs', label: 'CPU ms' },
  { key: 'rssMb', label: 'peak memory MB' },
]

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const tasksFile = here('tasks.mjs')
const command = here('../../npm/isolane/dist/cli/main.js')

/** A file of rooms through `isolane map`, one thread of Node, and GNU parallel where there is one. */
export const cliSection = {
  name: 'cli',
  usesProcesses: true,
  async run(context) {
    const { rounds, megabytes } = context
    const place = mkdtempSync(join(tmpdir(), 'isolane-bench-'))
    try {
      const written = writeFiles(place, megabytes)
      const measurements = []
      for (const [task, what] of [
        ['matchRoom', `${TAGS} tag rules a room`],
        ['summary', 'four fields of a room'],
      ]) {
        const title = `${megabytes} MB of NDJSON from file to file, ${what}`
        context.note(title)
        const files = { ...written, digests: new Set() }
        const samples = await interleave(contenders(context, task), rounds, (start, name) =>
          measured(start, name, files),
        )
        measurements.push({
          id: `cli-${task}`,
          title,
          metrics: METRICS,
          baseline: SINGLE_THREADED,
          samples,
        })
      }
      return measurements
    } finally {
      rmSync(place, { recursive: true })
    }
  },
}

/** By name: from files to the words of a command line. Its standard input and output are files too. */
function contenders({ threads, onUnavailable }, task) {
  const node = process.execPath
  const oneThread = (rules) => [node, here('one-thread.mjs'), tasksFile, task, rules]
  const starts = new Map([
    [SINGLE_THREADED, ({ rules }) => oneThread(rules)],
    [
      ISOLANE,
      ({ input, output, rules }) =>
        [node, command, 'map', tasksFile, input, '-o', output, '--quiet', '--export', task].concat([
          '--share',
          `rules=${rules}`,
          '--threads',
          String(threads),
        ]),
    ],
  ])
  if (spawnSync('parallel', ['--version'], { encoding: 'utf8' }).stdout?.startsWith('GNU')) {
    const words = ['parallel', '--will-cite', '--pipe', '--keep-order', '--block', '4M']
    starts.set(PARALLEL, ({ rules }) => [...words, `-j${threads}`, ...oneThread(rules)])
  } else {
    onUnavailable(PARALLEL, new Error('GNU parallel is not installed'))
  }
  return starts
}

function writeFiles(place, megabytes) {
  const at = (name) => join(place, name)
  const files = {
    input: at('rooms.ndjson'),
    output: at('out.ndjson'),
    rules: at('rules.json'),
    usage: at('usage.json'),
  }
  writeFileSync(files.rules, JSON.stringify({ tags: makeTags(TAGS), hotel }))
  const lines = Buffer.from(
    makeRooms(ROOMS)
      .map((room) => `${JSON.stringify(room)}\n`)
      .join(''),
  )
  const file = openSync(files.input, 'w')
  for (let length = 0; length < megabytes * 1e6; length += lines.length) writeSync(file, lines)
  closeSync(file)
  return files
}

async function measured(start, name, files) {
  const [program, ...words] = start(files)
  const stdio = [openSync(files.input), openSync(files.output, 'w'), 'inherit']
  // What parallel starts would each tell of itself.
  const tells = name !== PARALLEL
  const env = tells
    ? {
        ...process.env,
        NODE_OPTIONS: `--require ${here('usage.cjs')}`,
        ISOLANE_BENCH_USAGE: files.usage,
      }
    : process.env
  const began = performance.now()
  const code = await new Promise((resolve, reject) => {
    spawn(program, words, { stdio, env }).once('error', reject).once('exit', resolve)
  })
  const wallMs = performance.now() - began
  stdio.slice(0, 2).forEach(closeSync)
  if (code !== 0) throw new Error(`${name} ended with code ${code}`)
  await verify(name, files)
  return { wallMs, ...(tells ? JSON.parse(readFileSync(files.usage, 'utf8')) : {}) }
}

/** All outputs of a task are the same. */
async function verify(name, { output, digests }) {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(output)) hash.update(piece)
  digests.add(hash.digest('hex'))
  if (digests.size > 1) throw new Error(`${name} does not give what one thread gives`)
}
