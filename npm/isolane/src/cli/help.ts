/** What `--help` prints. A test holds it to a screen: 24 lines of 80 characters. */

export const MAP_HELP = `Usage: isolane map FUNCTION [INPUT] [options]
Calls the function of a module for each item of a file, on every core.

  FUNCTION           .mjs, .cjs, .js, or .ts where Node strips types
  INPUT              NDJSON or a JSON array; "-" or none: standard input
  -o, --output FILE  written beside and renamed when whole; default: stdout
  --export NAME      the export that is called; default: the default export
  --share NAME=FILE  JSON that the function finds as shared.NAME; repeatable
  --from, --into F   json or ndjson; default: by extension, else first byte
  --on-error HOW     stop (default), original, omit or settle
  --failures FILE    NDJSON of the items that failed
  --timeout MS       limit of one item, in milliseconds
  --threads N        default: one less than there are CPUs
  --memory MIB       limit of each thread, in MiB; default: 512
  --engine NAME      auto (default), v8 or node
  -q, --quiet        no progress and no notes
  --verbose          stacks of errors
  --version, --help

Exit codes: 0 all done; 1 done, but items failed; 2 wrong use; 3 the function
cannot be loaded; 4 input; 5 output; 6 an item stopped it; 7 isolane cannot
run here; 130 interrupted. More: https://github.com/isolane/isolane, docs/cli.md
`

export const CHECK_HELP = `Usage: isolane check FILE... [options]
Judges functions by their source, before they run.

  FILE               files, folders, or patterns such as 'functions/**/*.js'
  --format F         pretty (default), json, github or sarif
  --engine NAME      what the functions will run on: v8 (default) or node
  --preset NAME      recommended, recommended-node, strict or none
  --rule NAME=HOW    off, warn or error; repeatable
  --config FILE      rules, as a module (defineRules) or JSON
  --ignore PATTERN   files that are left out; repeatable
  --max-warnings N   more of them are a failure; default: any number is none
  --no-suppressions  comments in the files suppress nothing
  --explain          what keeps shared values frozen for each function
  --rules            lists the rules, and ends
  -q, --quiet        errors only
  --verbose          stacks of errors
  --version, --help

Exit codes: 0 no errors; 1 errors, or too many warnings; 2 wrong use, or a file
that cannot be read; 5 output; 7 isolane cannot run here.
Colours: FORCE_COLOR, NO_COLOR.
More: https://github.com/isolane/isolane, docs/check.md
`

export const HELP = `Usage: isolane COMMAND [options]

  map        calls a function for each item of a file, on every core
  check      judges functions by their source, before they run
  functions  publishes functions under names, lists them and rolls them back
             (once the package @isolane/functions is installed)

  isolane COMMAND --help    what a command takes
  isolane --version
`
