use isolane_modules::{Format, Module};

/// Whether a specifier means a module of Node's own. A package of that name goes first, unless the
/// specifier begins with `node:`.
pub(crate) fn is(specifier: &str) -> bool {
    specifier.starts_with("node:") || nodejs_built_in_modules::is_nodejs_builtin_module(specifier)
}

/// What a module finds that requires one only in some cases: an error.
pub(crate) fn stand_in(specifier: &str) -> Module {
    let name = specifier.strip_prefix("node:").unwrap_or(specifier);
    let id = format!("node:{name}");
    let message = format!(
        "Cannot find module '{specifier}': it is a part of Node, and isolates have none. Pass engine: \
         'node' to the pool"
    );
    Module {
        source: format!(
            "throw Object.assign(new Error({message:?}), {{ code: 'MODULE_NOT_FOUND' }})"
        ),
        id,
        format: Some(Format::CommonJs),
        imports: std::collections::HashMap::new(),
    }
}
