/** For programs: one object. */

import { reasonOf, type Told } from './told.js'

export function asJson({ reports, errors, warnings, unread }: Told): string {
  const files = reports.map(({ error, ...report }) =>
    error === undefined ? report : { ...report, error: reasonOf(error) },
  )
  return `${JSON.stringify({ errors, warnings, unread, files }, null, 2)}\n`
}
