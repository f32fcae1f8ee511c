//! How the addon is linked: one exported symbol, and no symbol of the host in place of its own. And
//! the name of the wire that it speaks.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// What defines the wire, relative to the checkout, as `scripts/lib/wire-id.mjs` has it.
const WIRE_SOURCES: [&str; 9] = [
    "crates/isolane-node/src",
    "crates/isolane-v8/src/codec.js",
    "crates/isolane-v8/src/prelude.js",
    "crates/isolane/src",
    "npm/isolane/src/addon/codes.ts",
    "npm/isolane/src/addon/inbox.ts",
    "npm/isolane/src/addon/native.ts",
    "npm/isolane/src/addon/outbox.ts",
    "npm/isolane/src/protocol.ts",
];

/// The one name that Node looks up in an addon.
const ENTRY: &str = "napi_register_module_v1";

fn main() {
    napi_build::setup();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    let id = wire_id(Path::new("../..")).expect("the sources of the wire can be read");
    println!("cargo:rustc-env=ISOLANE_WIRE_ID={id}");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        bind_locally();
        restrict_exports().expect("OUT_DIR is writable");
    }
}

/// Version and hash, as the build of the JavaScript makes them: sides that name their wire differently
/// were built from different sources.
fn wire_id(checkout: &Path) -> io::Result<String> {
    let mut hash = 0x811c_9dc5;
    for source in WIRE_SOURCES {
        let source = checkout.join(source);
        println!("cargo:rerun-if-changed={}", source.display());
        for file in files_of(&source)? {
            hash = fnv1a(hash, &fs::read(file)?);
        }
    }
    Ok(format!("{}+{hash:08x}", env!("CARGO_PKG_VERSION")))
}

/// A file is itself; of a folder it is all Rust sources below it, by name.
fn files_of(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    entries.retain(|entry| entry.is_dir() || entry.extension().is_some_and(|end| end == "rs"));
    entries.sort();
    let nested = entries.iter().map(|entry| files_of(entry));
    Ok(nested.collect::<io::Result<Vec<_>>>()?.concat())
}

fn fnv1a(state: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(state, |state, byte| {
        (state ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// Node exports the V8, ICU and abseil that it embeds, under the names that this addon embeds. On
/// ELF a name that is left to the loader would be taken from there.
fn bind_locally() {
    // What the addon defines, it uses.
    link_arg("-Wl,-Bsymbolic");
    // What nobody defines fails the link (Node-API is found by dlsym, so it is not among these),
    link_arg("-Wl,-z,defs");
    // or is null where that is allowed: V8 refers weakly to initialisers of its thread-locals.
    link_arg("-Wl,-z,nodynamic-undefined-weak");
}

/// rustc exports the `#[no_mangle]` functions of all dependencies (some 350, for V8 to call) through
/// a version script of its own, and no flag changes that: linkers refuse a second script or merge
/// the two. gcc's `-wrapper` runs a command in the linker's place, once rustc has written its script.
fn restrict_exports() -> io::Result<()> {
    let compiler = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    if !is_gcc(&compiler) {
        println!("cargo:warning={compiler} is not gcc: the addon will export names of V8's");
        return Ok(());
    }
    let wrapper = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("link.sh");
    fs::write(&wrapper, wrapper_script())?;
    link_arg("-wrapper");
    link_arg(&format!("sh,{}", wrapper.display()));
    Ok(())
}

fn wrapper_script() -> String {
    format!(
        r#"for arg in "$@"; do
  case $arg in
    --version-script=*) echo '{{ global: {ENTRY}; local: *; }};' > "${{arg#*=}}" ;;
  esac
done
exec "$@"
"#
    )
}

fn is_gcc(compiler: &str) -> bool {
    let version = Command::new(compiler).arg("--version").output();
    version.is_ok_and(|output| !String::from_utf8_lossy(&output.stdout).contains("clang"))
}

fn link_arg(arg: &str) {
    println!("cargo:rustc-cdylib-link-arg={arg}");
}
