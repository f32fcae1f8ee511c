import type { LogEntry } from 'isolane'

/** The most that an envelope carries. */
const MOST_LOGS = 1000

/** What a call's function has logged, in all attempts: the first of it. */
export class CollectedLogs {
  readonly logs: LogEntry[] = []
  logsOmitted = 0

  add(entry: LogEntry): void {
    if (this.logs.length < MOST_LOGS) this.logs.push(entry)
    else this.logsOmitted += linesOf(entry)
  }
}

/** How many lines a line stands for: where a chunk logs more than the pool takes, its last counts the others. */
function linesOf({ level, message, item, place }: LogEntry): number {
  if (level !== 'warn' || item !== undefined || place !== undefined) return 1
  const [, others] = /^\[truncated: (\d+) more records\]$/.exec(message) ?? []
  return others === undefined ? 1 : Number(others)
}
