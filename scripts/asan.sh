#!/usr/bin/env bash
# Runs the tests of the crates without V8 under AddressSanitizer, and then the behaviour tests over an
# addon that is built with it, under Node with the sanitizer's runtime preloaded.
#
# It needs a nightly Rust toolchain and, for the addon, V8's archive as set-up finds it and a C compiler
# whose AddressSanitizer runtime can be preloaded. What cannot run is said, and the
# exit code is 0, or 1 if ISOLANE_REQUIRE_ASAN is set. V8's own archive is not instrumented: what is
# checked is Rust's part, and every allocation and copy that it makes with V8 or Node.
#
#   scripts/asan.sh [crates|addon]
set -euo pipefail
cd "$(dirname "$0")/.."

toolchain="${ISOLANE_NIGHTLY:-nightly}"
target="$(rustc -vV | sed -n 's/^host: //p')"
part="${1:-all}"

skip() {
  echo "AddressSanitizer did not run: $1" >&2
  [[ -z "${ISOLANE_REQUIRE_ASAN:-}" ]]
  exit
}

rustc "+$toolchain" --version >/dev/null 2>&1 || skip "there is no toolchain '$toolchain'"

export RUSTFLAGS="-Zsanitizer=address ${RUSTFLAGS:-}"
# Leaks are meant: V8 is never disposed of, and a lost worker's thread is left behind.
export ASAN_OPTIONS="detect_leaks=0:halt_on_error=1:quarantine_size_mb=16 ${ASAN_OPTIONS:-}"

if [[ $part != addon ]]; then
  cargo "+$toolchain" test -p isolane-core --target "$target" \
    --target-dir target/asan --lib --tests
  # As the addon has them: their parser takes minutes to compile.
  cargo "+$toolchain" test -p isolane-check -p isolane-driver -p isolane-files -p isolane-json \
    -p isolane-modules -p isolane-node -p isolane-syntax -p isolane-wire --release --target "$target" \
    --target-dir target/asan --lib --tests
fi
if [[ $part != crates ]]; then
  runtime="$(cc -print-file-name=libasan.so)"
  [[ -f $runtime ]] || skip "the C compiler has no libasan.so to preload"
  # The archive of V8, as set-up finds it, and the name of the wire.
  while IFS= read -r line; do export "${line?}"; done < <(node --input-type=module --eval "
    import { findArchive } from './scripts/lib/v8-archive.mjs'
    import { wireVariables } from './scripts/lib/wire-id.mjs'
    const variables = { ...(await findArchive())?.env, ...wireVariables() }
    for (const [name, value] of Object.entries(variables)) console.log(name + '=' + value)")
  # rustc links the runtime into programs only; the addon leaves nothing undefined but Node-API.
  cargo "+$toolchain" rustc -p isolane --lib --release --target "$target" --target-dir target/asan \
    -- -Clink-arg="$runtime"
  cp "target/asan/$target/release/libisolane.so" target/asan/isolane.node
  NAPI_RS_NATIVE_LIBRARY_PATH="$PWD/target/asan/isolane.node" LD_PRELOAD="$runtime" \
    node --test __test__/{calls,values,functions,limits,life,text,modules,codec,globals,warming,patch}/*.test.mjs
fi
