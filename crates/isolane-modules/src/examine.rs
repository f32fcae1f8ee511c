use isolane_syntax::on_parser_stack;

use crate::{
    error::LinkError,
    graph::refusal,
    known,
    module::{Format, Module},
    table::Table,
    text::{self, Role, Text},
};

/// What the text of an entry is, and what it requests, whether there are such modules or not. Errors name
/// it by `id`.
///
/// # Errors
///
/// [`LinkError::Syntax`], [`LinkError::TooDeep`], or [`LinkError::Failed`].
pub fn examine(id: &str, source: &str) -> Result<Text, LinkError> {
    on_parser_stack(|| text::read(source, None, Role::Entry))
        .map_err(|_| LinkError::Failed)?
        .map_err(|error| refusal(id, error))
}

/// What modules of a table ask for and none of it is: who asks, by its place in the table, and the
/// specifier. Of a text that cannot be read, or a table that is none, [`link`](crate::link) tells why.
#[must_use]
pub fn unmet(entry: &str, modules: &[Module]) -> Vec<(usize, String)> {
    let Ok(table) = Table::new(modules) else {
        return Vec::new();
    };
    let find = || {
        // What has no text is the engine's.
        let texts = modules
            .iter()
            .enumerate()
            .filter(|(_, module)| !module.source.is_empty());
        let requests = texts.map(|(place, module)| {
            let role = if module.id == entry {
                Role::Entry
            } else {
                Role::Required
            };
            let format = module.format.or_else(|| Format::of_id(&module.id));
            let text = known::read_once(&module.source, format, role);
            let requests = text.map(|text| text.requests.clone()).unwrap_or_default();
            (place, requests)
        });
        let mut found = Vec::new();
        for (place, requests) in requests {
            let unmet = requests
                .into_iter()
                .map(|request| request.specifier)
                .filter(|specifier| table.resolve(place, specifier).is_none());
            found.extend(unmet.map(|specifier| (place, specifier)));
        }
        found
    };
    on_parser_stack(find).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::Kind;

    fn format_of(source: &str) -> Option<Format> {
        examine("a", source).ok().map(|text| text.format)
    }

    #[test]
    fn tells_requests_that_no_module_answers() {
        let text = examine("a", "require('@/b'); try { require('./c') } catch {}");
        let requests = text.map(|text| text.requests).unwrap_or_default();
        let found: Vec<_> = requests
            .iter()
            .map(|each| (each.specifier.as_str(), each.kind, each.is_optional))
            .collect();
        assert_eq!(
            found,
            [("@/b", Kind::Require, false), ("./c", Kind::Require, true)]
        );
    }

    #[test]
    fn tells_how_a_text_is_written() {
        assert_eq!(format_of("require('b')"), Some(Format::CommonJs));
        assert_eq!(format_of("(n) => n"), Some(Format::Function));
        assert_eq!(format_of("export default 1"), Some(Format::Esm));
    }

    #[test]
    fn names_what_does_not_compile() {
        let error = examine("a", "(n) => {").err();
        assert!(matches!(error, Some(LinkError::Syntax { ref module, .. }) if module == "a"));
        let deep = "[".repeat(1 << 20);
        assert!(matches!(
            examine("a", &deep),
            Err(LinkError::TooDeep { .. })
        ));
    }

    fn module(id: &str, source: &str) -> Module {
        Module {
            id: id.into(),
            source: source.into(),
            ..Module::default()
        }
    }

    #[test]
    fn tells_who_asks_for_what_is_not_there() {
        let modules = [
            module(
                "a",
                "require('./b'); require('lodash'); try { require('fs') } catch {}",
            ),
            module(
                "b",
                "import c from 'c'\nimport d from 'd'\nimport('lodash/fp')",
            ),
            module("c", "export default 1"),
            module("broken", "import ("),
        ];
        let found = unmet("a", &modules);
        let expected = [(0, "lodash"), (0, "fs"), (1, "d"), (1, "lodash/fp")];
        assert_eq!(found, expected.map(|(at, it)| (at, it.to_owned())));
    }

    #[test]
    fn a_table_that_is_none_has_nothing() {
        let twice = [module("a", "require('x')"), module("a", "")];
        assert_eq!(unmet("a", &twice), []);
    }
}
