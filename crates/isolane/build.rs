//! How the addon is linked: one exported symbol, and no symbol of the host in place of its own. And
//! the name of the wire that it speaks.

use std::{env, fs, io, path::Path, process::Command};

/// The one name that Node looks up in an addon.
const ENTRY: &str = "napi_register_module_v1";

fn main() {
    napi_build::setup();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    name_wire();
    if let Ok(argument) = env::var("DEP_ISOLANE_V8_LINK_ARG") {
        println!("cargo:rustc-link-arg={argument}");
    }
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        bind_locally();
        restrict_exports().expect("OUT_DIR is writable");
    }
}

/// The name is a hash of the sources that define the wire, which the scripts make
/// (`scripts/lib/wire-id.mjs`): the package refuses an addon of another one. Cargo by hand makes an
/// addon of the wire `dev`, which no package loads.
fn name_wire() {
    println!("cargo:rerun-if-env-changed=ISOLANE_WIRE_ID");
    let id = env::var("ISOLANE_WIRE_ID").unwrap_or_else(|_| "dev".to_owned());
    println!("cargo:rustc-env=ISOLANE_WIRE_ID={id}");
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
