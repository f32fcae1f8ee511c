#!/usr/bin/env bash
# Runs isolane-core's tests under ThreadSanitizer. It needs a nightly toolchain.
#
# With the source of the standard library (`rustup toolchain install nightly --component rust-src`)
# the sanitizer sees all of it. Without, the library is the precompiled one, whose locks and fences
# the sanitizer does not see. Then
#
# - the crate's locks say themselves what they order (`--cfg tsan`, src/sync/visible_locks.rs),
# - what drops the last Arc or Weak is passed over, and so is libtest (tsan.supp).
#
# A race between a use of a value and its drop by the last Arc is not seen then; one of anything else
# that this crate, its tests or crossbeam touch is. Without a nightly nothing is run; this is said,
# and the exit code is 0, or 1 if ISOLANE_REQUIRE_TSAN is set.
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

# Lost workers' threads are left behind; that is what some tests are about.
tsan="halt_on_error=1 report_thread_leaks=0"
flags="-Zsanitizer=thread"
options=()
if [[ -d "$sysroot/lib/rustlib/src/rust/library" ]]; then
  options=(-Zbuild-std)
else
  echo "Toolchain '$toolchain' has no rust-src: with the precompiled standard library" >&2
  flags+=" -Cunsafe-allow-abi-mismatch=sanitizer --cfg tsan"
  tsan+=" suppressions=$PWD/scripts/tsan.supp"
fi

# The models have no meaning here, and the documentation has no tests. What tests print is not
# captured: libtest does that under a lock which is not seen.
export RUSTFLAGS="$flags ${RUSTFLAGS:-}"
export TSAN_OPTIONS="$tsan ${TSAN_OPTIONS:-}"
exec cargo "+$toolchain" test "${options[@]}" -p isolane-core --target "$target" \
  --target-dir target/tsan --lib --tests "$@" -- --nocapture
