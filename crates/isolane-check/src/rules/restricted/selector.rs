//! A few of the selectors of [esquery](https://github.com/estools/esquery): kinds of nodes with
//! attributes, the kind of the parent, and lists of these.

use oxc_ast::AstKind;
use oxc_semantic::AstNode;

use super::estree::{ATTRIBUTES, attribute_kinds, is_absent, is_kind, names, value};
use crate::lint::Code;

/// A selector: `ForInStatement`, `BinaryExpression[operator='in']`, `ClassBody > MethodDefinition`.
#[derive(Clone, Debug)]
pub(super) struct Selector(Vec<Alternative>);

#[derive(Clone, Debug)]
struct Alternative {
    parent: Option<Compound>,
    node: Compound,
}

#[derive(Clone, Debug)]
struct Compound {
    /// None for any.
    kind: Option<String>,
    attributes: Vec<Attribute>,
}

#[derive(Clone, Debug)]
struct Attribute {
    name: String,
    /// What it must be, or must not be; where there is none it must be there.
    value: Option<(bool, String)>,
}

impl Selector {
    /// Reads a selector; what is wrong with it otherwise.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let alternatives = split(text, ',')
            .into_iter()
            .map(|it| alternative(it.trim()));
        alternatives.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_about<'a>(&self, node: &AstNode<'a>, code: &Code<'a>) -> bool {
        if is_absent(code, node.id()) {
            return false;
        }
        self.0.iter().any(|it| {
            it.node.is_about(node.kind())
                && it.parent.as_ref().is_none_or(|parent| {
                    let nodes = code.semantic.nodes();
                    let mut around = nodes.ancestors(node.id());
                    let real = around.find(|it| !is_absent(code, it.id()));
                    real.is_some_and(|it| parent.is_about(it.kind()))
                })
        })
    }
}

/// Splits a text where the separator stands outside of quotation marks and brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut quote, mut depth) = (0, None, 0_usize);
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(open), _) if open == char => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(char),
            (None, _) if char == separator && depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + char.len_utf8();
            }
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn alternative(text: &str) -> Result<Alternative, String> {
    match split(text, '>').as_slice() {
        [node] => Ok(Alternative {
            parent: None,
            node: compound(node.trim())?,
        }),
        [parent, node] => Ok(Alternative {
            parent: Some(compound(parent.trim())?),
            node: compound(node.trim())?,
        }),
        _ => Err(format!("`{text}` has more than one `>`")),
    }
}

fn compound(text: &str) -> Result<Compound, String> {
    let end = text
        .find(|char: char| !char.is_ascii_alphanumeric() && char != '*')
        .unwrap_or(text.len());
    let (kind, mut rest) = text.split_at(end);
    let kind = match kind {
        "" | "*" => None,
        _ if is_kind(kind) => Some(kind.to_owned()),
        _ => return Err(format!("there is no kind of node `{kind}`")),
    };
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let inner = rest
            .strip_prefix('[')
            .and_then(|rest| split(rest, ']').first().copied())
            .filter(|inner| rest.len() > inner.len() + 1);
        let Some(inner) = inner else {
            return Err(format!(
                "`{text}` is a selector that only a rule in JavaScript can have"
            ));
        };
        let attribute = attribute(inner)?;
        if let Some(kind) = &kind
            && !attribute_kinds(&attribute.name).contains(&kind.as_str())
        {
            return Err(format!(
                "`{}` of `{kind}` is not looked at, only of {}",
                attribute.name,
                attribute_kinds(&attribute.name).join(", ")
            ));
        }
        attributes.push(attribute);
        rest = &rest[inner.len() + 2..];
    }
    if kind.is_none() && attributes.is_empty() && text != "*" {
        return Err("a selector is empty".into());
    }
    Ok(Compound { kind, attributes })
}

fn attribute(text: &str) -> Result<Attribute, String> {
    let (name, value) = match text.split_once('=') {
        None => (text, None),
        Some((name, value)) => {
            let (name, is_equal) = match name.strip_suffix('!') {
                Some(name) => (name, false),
                None => (name, true),
            };
            let value = value.trim();
            if value.starts_with('/') {
                return Err(format!(
                    "`{text}` is a selector that only a rule in JavaScript can have: a value is a text, not a regular expression"
                ));
            }
            let bare = [('\'', '\''), ('"', '"')]
                .iter()
                .find_map(|quotes| value.strip_prefix(quotes.0)?.strip_suffix(quotes.1));
            (name, Some((is_equal, bare.unwrap_or(value).to_owned())))
        }
    };
    let name = name.trim();
    if ATTRIBUTES.contains(&name) {
        Ok(Attribute {
            name: name.into(),
            value,
        })
    } else {
        Err(format!(
            "`{name}` is no attribute that is looked at; there are {}",
            ATTRIBUTES.join(", ")
        ))
    }
}

impl Compound {
    fn is_about(&self, kind: AstKind<'_>) -> bool {
        self.kind
            .as_ref()
            .is_none_or(|it| names(kind).iter().any(|name| it == name))
            && self.attributes.iter().all(|it| it.holds(kind))
    }
}

impl Attribute {
    fn holds(&self, kind: AstKind<'_>) -> bool {
        let found = value(kind, &self.name);
        match &self.value {
            None => found.is_some_and(|it| it != "false"),
            Some((is_equal, expected)) => (found.as_ref() == Some(expected)) == *is_equal,
        }
    }
}
