/** For code scanning: SARIF 2.1.0. */

import { pathToFileURL } from 'node:url'
import type { Diagnostic, FileReport } from '../../check/index.js'
import { reasonOf, type Told } from './told.js'

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'
const HOME = 'https://github.com/isolane/isolane'

export function asSarif({ reports, rules, version }: Told): string {
  const diagnostics = reports.flatMap((report) => report.diagnostics)
  const names = [...new Set(diagnostics.map(({ rule }) => rule))].sort()
  const summaries = new Map(rules.map(({ name, summary }) => [name, summary]))
  const failures = reports.filter(({ error }) => error !== undefined)
  const run = {
    tool: {
      driver: {
        name: 'isolane',
        version,
        informationUri: HOME,
        rules: names.map((name) => descriptor(name, summaries.get(name), diagnostics)),
      },
    },
    // As editors count.
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: failures.length === 0,
        toolExecutionNotifications: failures.map(notification),
      },
    ],
    results: reports.flatMap(({ path, diagnostics: found }) =>
      found.map((each) => result(path, each, names.indexOf(each.rule))),
    ),
  }
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`
}

function descriptor(id: string, summary: string | undefined, all: readonly Diagnostic[]) {
  const { url } = all.find(({ rule }) => rule === id)!
  return {
    id,
    ...(summary === undefined ? {} : { shortDescription: { text: summary } }),
    ...(url === null ? {} : { helpUri: url }),
  }
}

function result(path: string, found: Diagnostic, ruleIndex: number) {
  const { rule: ruleId, severity, message, help } = found
  return {
    ruleId,
    ruleIndex,
    level: severity === 'error' ? 'error' : 'warning',
    message: { text: help === null ? message : `${message}\n${help}` },
    locations: [{ physicalLocation: { artifactLocation: artifact(path), region: region(found) } }],
  }
}

function region({ line, column, endLine, endColumn, start, end }: Diagnostic) {
  return {
    startLine: line,
    startColumn: column,
    endLine,
    endColumn,
    charOffset: start,
    charLength: end - start,
  }
}

function notification({ path, error }: FileReport) {
  return {
    level: 'error',
    message: { text: reasonOf(error!) },
    locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
  }
}

/** A relative reference, in which no name has a colon or a space. */
function artifact(path: string) {
  const isRelative = !path.startsWith('/') && !/^[a-z]:/i.test(path)
  const uri = isRelative
    ? path.split('/').map(encodeURIComponent).join('/')
    : pathToFileURL(path).href
  return { uri }
}
