#!/usr/bin/env bash
# Runs isolane-core's tests under ThreadSanitizer.
#
# It needs a nightly toolchain with the source of the standard library:
#
#   rustup toolchain install nightly --component rust-src
#
# With the precompiled library the sanitizer does not see the standard library's locks when they are
# contended, and reports every datum they guard as a race. So without the source nothing is run; this
# is said, and the exit code is 0, or 1 if ISOLANE_REQUIRE_TSAN is set.
set -euo pipefail
cd "$(dirname "$0")/.."

toolchain="${ISOLANE_NIGHTLY:-nightly}"
target="$(rustc -vV | sed -n 's/^host: //p')"

skip() {
  echo "ThreadSanitizer did not run: $1" >&2
  [[ -z "${ISOLANE_REQUIRE_TSAN:-}" ]]
  exit
}

sysroot="$(rustc "+$toolchain" --print sysroot 2>/dev/null)" ||
  skip "there is no toolchain '$toolchain'"
[[ -d "$sysroot/lib/rustlib/src/rust/library" ]] ||
  skip "toolchain '$toolchain' has no rust-src, which -Zbuild-std needs"

# The models have no meaning here, and the documentation has no tests.
export RUSTFLAGS="-Zsanitizer=thread ${RUSTFLAGS:-}"
export TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}"
exec cargo "+$toolchain" test -Zbuild-std -p isolane-core --target "$target" \
  --target-dir target/tsan --lib --tests "$@"
