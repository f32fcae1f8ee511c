/** What a user of the ES module entry compiles; never run. */
import { Pool } from 'isolane'
import {
  type BatchEnvelope,
  type Envelope,
  type Data,
  type DebugEnvelope,
  DataCache,
  type FunctionInfo,
  FunctionRegistry,
  type FunctionReport,
  type FunctionStore,
  type Interceptor,
  type Logger,
  type LogRecord,
  type Head,
  memory,
  mirror,
  type PatchEnvelope,
  type PublishResult,
  type RegistryHealth,
  type Sample,
  tiered,
  toHttp,
  VersionConflictError,
} from '@isolane/functions'
import { folder, type FolderOptions } from '@isolane/functions/folder'
import { type ContractCase, storeContract } from '@isolane/functions/testing'

const options: FolderOptions = { watch: false }
const store: FunctionStore = folder('functions', options)
await using functions = new FunctionRegistry(new Pool(), {
  store: tiered({ origin: store, caches: [new Map<string, string>()] }),
  warm: {
    functions: ['lib/*'],
    samples: { 'lib/tax': [1, 2], 'lib/net': { inputs: [1], as: 'map' } },
    required: true,
  },
  onReady: async () => {},
  check: async (source, { name }) => [
    { rule: 'length', severity: 'warn', message: `${name} has ${source.length} characters` },
  ],
})
const logger: Logger = console as never
const sample: Sample = { debug: 0.01, info: 0.5 }
const kept: LogRecord[] = []
logger.warn = (record) => kept.push(record)
await using logged = new FunctionRegistry(undefined, {
  store: memory(),
  logger,
  logLevel: 'warn',
  sample,
})
const where = kept.map(
  ({ item, file, line }): [number | undefined, string | undefined, number | undefined] => [
    item,
    file,
    line,
  ],
)
await functions.ready
const result: PublishResult = await functions.publish('f', '(n) => n', { ifVersion: 0, tags: [] })
const reports: FunctionReport[] = await functions.checkAll({
  rules: { extends: 'strict', rules: { 'no-labels': 'off' } },
  prefix: 'lib/',
})
const told: [number, string | undefined] = [reports[0]!.diagnostics.length, reports[0]!.rulesHash]
const warnings: readonly string[] = functions.get('f')!.warnings.map(({ message }) => message)
const several: PublishResult[] = await functions.publishAll([{ name: 'g', source: '() => 1' }])
const doubled: number[] = await functions.map<number, number>([1], 'f')
const one: number = await functions.run<number, number>('f@1', 1)
const sum: number = await functions.reduce([1], { reduce: 'f', initial: 0 })
for await (const each of functions.stream<number, string>([1], 'f')) each.toUpperCase()
const envelope: Envelope<number> = await functions.call<number, number>('f', 1, {
  fallback: (error: Error, n: number) => n,
  retries: { attempts: 2, on: ['ERR_ISOLANE_WORKER_LOST'], backoff: (attempt) => attempt * 10 },
})
const all: BatchEnvelope<number[]> = await functions.callAll<number, number[]>('f', [1])
const counted: number[] = [envelope, all].map(
  ({ completed, failures, failuresOmitted, missing }) =>
    completed + failures.length + failuresOmitted + missing.length,
)
const answer: number = toHttp(all).status
// @ts-expect-error: one call is not in part
functions.call('f', 1, { onTimeout: 'partial' })
const debugged: DebugEnvelope<number> = await functions.debug<number, number>('f', 1, {
  source: '(n) => n + 1',
  sources: { g: '() => 2' },
  timeout: 100,
})
const messages: string[] = [...debugged.logs, ...debugged.diagnostics].map(({ message }) => message)
// @ts-expect-error: it always runs afresh
functions.debug('f', 1, { stateful: true })
const patched: PatchEnvelope<{ n: number }> = await functions.patch(
  { n: 1 },
  [{ fn: 'f', args: 1, paths: [['n']] }],
  { onConflict: 'reject', fallback: (error: Error) => error },
)
const lowered: number | undefined = patched.data?.value.n
const applied: number = patched.completed + patched.missing.length + patched.failuresOmitted
const versionsRun: (number | undefined)[] = patched.tasks.map(({ version }) => version)
// @ts-expect-error: a function is named, not given
functions.patch({}, [{ fn: () => 1 }])
const timed: Interceptor = async (context, next) => {
  const data: unknown = await next()
  context.state['data'] = data
}
const remove: () => void = functions.use('lib/*', timed)
functions.use((context, next) => (context.tenant === undefined ? undefined : next()))
const info: FunctionInfo | undefined = functions.get('f')
const health: RegistryHealth = functions.health()
const head: Head = await mirror(store, memory())
const cases: ContractCase[] = storeContract(async () => ({ open: async () => memory() }))
functions.on('published', ({ name, version }) => `${name}@${version}`.length)
functions.on('call', ({ operation, code, error, timing: { total, run = total } }) => [
  `${operation} ${code} ${run.toFixed()}`,
  error?.message,
])
functions.on('rejected', ({ reason, serves }) => [reason.message, serves])
// @ts-expect-error: a function is named, not given
functions.run(() => 1)
// @ts-expect-error: a registry has a store
const homeless = new FunctionRegistry(undefined, {})
// @ts-expect-error: there is no such option
functions.publish('f', '() => 1', { version: 1 })
await using cache = new DataCache(new Pool())
const rules: Data<number[]> = cache.define('rules', {
  load: async (signal, { previous, unchanged }) =>
    signal.aborted || previous?.length === 0 ? unchanged : [1],
  refreshInterval: 60_000,
  fallback: () => [],
  validate: (value) => value.length > 0,
})
const peeked: number[] | undefined = rules.peek()
cache.on('failed', ({ name, error, failures }) => [name, error.message, failures])
const values = [...cache.shared('rules'), rules.shared]
functions.data.define('n', { load: () => 1 }).dispose()
functions.on('dataRefreshed', ({ name, version, changed }) => [name, version, changed])
const live: number = health.workers.live + health.data.length
// @ts-expect-error: a fallback is such a value
cache.define('n', { load: () => 1, fallback: 'one' })
// @ts-expect-error: there is no such option
cache.define('n', { load: () => 1, interval: 1 })
new VersionConflictError('f', 1, 2).actual.toFixed()
export {
  messages,
  lowered,
  applied,
  versionsRun,
  told,
  warnings,
  homeless,
  logged,
  remove,
  envelope,
  answer,
  counted,
  result,
  several,
  doubled,
  one,
  sum,
  info,
  health,
  head,
  cases,
  peeked,
  values,
  live,
  where,
}
