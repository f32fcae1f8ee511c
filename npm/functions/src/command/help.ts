/** What `isolane functions --help` prints, in 24 lines of 80 characters. */
export const HELP = `Usage: isolane functions COMMAND --store URL [options]

  list                 functions in force  (--prefix P, --tag T)
  get NAME[@3]         the text
  publish NAME FILE    a new version  (--if-version N, --tag T)
  check [NAME FILE]    whether that could be published; or all that is in force
  debug NAME           calls it afresh and publishes nothing  (--input FILE with
                       JSON, --source FILE: a text to run, --timeout MS: 30000)
  rollback NAME        to the version before  (--to N, --if-version N)
  versions NAME        all that it has had  (--limit N)
  history [NAME]       changes, the newest first  (--limit N)
  diff NAME FROM TO    how two versions differ
  push FOLDER          files to the store, in one change; --remove takes away
                       what the folder has not  (--prefix P, --tag T, --yes)
  pull FOLDER          what is in force to files  (--prefix P, --tag T)
  watch                tells changes as they come

  --store URL          redis://, postgres://, mysql://, folder; or ISOLANE_STORE
  --note TEXT, --author NAME    of changes, for the history
  --rules PRESET       recommended (default), recommended-node, strict, none
  --load               have isolates load what is published, before it is
  --json               a JSON value a line

Exit codes: 0 done; 1 refused; 2 wrong use; 3 the store cannot be reached.
`
