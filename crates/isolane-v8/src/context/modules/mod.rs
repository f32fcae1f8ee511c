//! A function that is made of modules, in one context: each module is a script of its own, evaluated
//! once, when it is first asked for.
//!
//! CommonJS modules are the driver's (`npm/isolane/src/driver/late/module-instances.ts`), ES modules
//! are V8's own.
//!
//! | module | noun |
//! | --- | --- |
//! | `instance` | the modules of one function |
//! | `registry` | the instances of a context, for what V8 calls back |
//! | `natives` | what the driver asks about modules |
//! | `es` | ES modules: compiled, linked, evaluated |
//! | `dynamic` | `import()` and `import.meta` |
//! | `load` | from an instance to its function, or to what went wrong |
//! | `renewal` | what the next call evaluates anew |

mod dynamic;
mod es;
mod instance;
mod load;
mod natives;
mod registry;
mod renewal;

pub(crate) use dynamic::install;
pub(super) use instance::Instance;
pub(super) use load::load;
