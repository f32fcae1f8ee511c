use std::collections::{BTreeMap, VecDeque};

use super::published;
use crate::{
    lint::{Code, Findings},
    options::Published,
    rules::{ERROR, Rule, RuleInfo},
};

/// Names of a chain that are told.
const MOST_TOLD: usize = 12;

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-cycle",
    summary: "Finds requests that lead back to the function itself.",
    mirrors: &["import/no-cycle", "import/no-self-import"],
    options: None,
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoCycle))
    },
};

struct NoCycle;

impl Rule for NoCycle {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let (Some(own), Some(modules)) = (&code.options.name, &code.options.published) else {
            return;
        };
        // Of names alone one knows but that a function requires itself.
        let ways = if modules.is_graph {
            ways_to(own, modules)
        } else {
            BTreeMap::new()
        };
        for request in &code.requests {
            let name = request
                .specifier
                .and_then(|it| published::name(it, Some(own)));
            if let Some(name) = name
                && (name == *own || ways.contains_key(name.as_str()))
            {
                findings.report(
                    request.span,
                    format!(
                        "This leads back to the function itself: {}",
                        chain(own, &name, &ways)
                    ),
                    "Move what both need into a third function, or pass it as an argument",
                );
            }
        }
    }
}

/// From each function that leads to `own`, the next one on the shortest way.
fn ways_to<'m>(own: &'m str, modules: &'m Published) -> BTreeMap<&'m str, &'m str> {
    let mut importers: BTreeMap<String, Vec<&'m str>> = BTreeMap::new();
    for (name, requests) in &modules.names {
        for specifier in requests {
            // A graph may have names as well as specifiers.
            let target =
                published::name(specifier, Some(name)).unwrap_or_else(|| specifier.clone());
            importers.entry(target).or_default().push(name);
        }
    }
    let mut ways = BTreeMap::new();
    let mut queue = VecDeque::from([own]);
    while let Some(target) = queue.pop_front() {
        for importer in importers.get(target).into_iter().flatten() {
            if *importer != own && !ways.contains_key(importer) {
                ways.insert(*importer, target);
                queue.push_back(importer);
            }
        }
    }
    ways
}

fn chain(own: &str, first: &str, ways: &BTreeMap<&str, &str>) -> String {
    let mut names = vec![own, first];
    while let Some(last) = names.last()
        && *last != own
    {
        match ways.get(last) {
            Some(next) => names.push(next),
            None => break,
        }
    }
    if names.len() > MOST_TOLD {
        let last = names.split_off(names.len() - MOST_TOLD / 2);
        names.truncate(MOST_TOLD / 2);
        names.push("…");
        names.extend(last);
    }
    names.join(" → ")
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::found_with;

    fn found(modules: &str, text: &str) -> Vec<String> {
        let options = format!(
            r#"{{"preset":"none","rules":{{"no-cycle":"error"}},"name":"a","modules":{modules}}}"#
        );
        found_with(&options, text)
    }

    #[test]
    fn finds_ways_back() {
        let modules = r#"{"b":["@/c"],"c":["./a","@/c"],"d":["b"],"e":[],"a":["@/e"]}"#;
        let text =
            "require('@/b'); require('@/c'); require('@/d@2'); require('@/e'); require('./a')";
        assert_eq!(
            found(modules, text),
            [
                "1:9 This leads back to the function itself: a → b → c → a",
                "1:25 This leads back to the function itself: a → c → a",
                "1:41 This leads back to the function itself: a → d → b → c → a",
                "1:75 This leads back to the function itself: a → a"
            ]
        );
    }

    #[test]
    fn what_it_required_before_is_of_no_account() {
        assert_eq!(
            found(r#"{"a":["@/b"],"b":["@/d"],"d":["@/b"]}"#, "require('@/b')"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn of_names_alone_only_the_function_itself_is_found() {
        assert_eq!(
            found(r#"["a","b"]"#, "require('@/b'); require('@/a')"),
            ["1:25 This leads back to the function itself: a → a"]
        );
    }

    #[test]
    fn long_chains_are_told_in_short() {
        let steps: Vec<_> = (0..1000)
            .map(|it| format!(r#""n{it}":["@/n{}"]"#, it + 1))
            .collect();
        let modules = format!(r#"{{{},"n1000":["@/a"]}}"#, steps.join(","));
        let found = found(&modules, "require('@/n0')");
        assert!(
            found[0].contains("n4 → … → n996") && found[0].len() < 200,
            "{found:?}"
        );
    }
}
