//! What a check is asked for.
//!
//! | module | noun |
//! | --- | --- |
//! | `reader` | JSON as it is read, and what is wrong with it |
//! | `fault` | what is wrong with an option |
//! | `reported` | what other rules have found |

mod fault;
mod reader;
mod reported;

use std::collections::BTreeMap;

pub use fault::OptionFault;
pub(crate) use reader::Reader;
pub(crate) use reported::Reported;
use serde_json::Value;

use crate::{
    report::Severity,
    rules::{self, RULES, Rule},
    source::{Form, Language, Wanted},
};

/// Where the text is to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Engine {
    /// An isolate of the embedded V8.
    #[default]
    V8,
    /// A Node Worker.
    Node,
}

/// A set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    /// For the v8 engine.
    Recommended,
    /// For the node engine.
    RecommendedNode,
    /// All that may be wrong is an error.
    Strict,
    /// No rule.
    None,
}

/// What others are published, by name, with what they require where that is known.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) names: BTreeMap<String, Vec<String>>,
    pub(crate) is_graph: bool,
}

/// Whether a name may be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Global {
    Readonly,
    Writable,
    Off,
}

/// A rule, set up.
pub(crate) struct Active {
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    pub(crate) rule: Box<dyn Rule>,
}

/// What a check is asked for.
pub struct CheckOptions {
    pub(crate) engine: Engine,
    pub(crate) rules: Vec<Active>,
    pub(crate) globals: BTreeMap<String, Global>,
    pub(crate) wanted: Wanted,
    pub(crate) language: Language,
    pub(crate) name: Option<String>,
    pub(crate) published: Option<Published>,
    pub(crate) allow_suppressions: bool,
    pub(crate) max_diagnostics: usize,
    pub(crate) explain: bool,
    pub(crate) color: bool,
    /// Rules that others have, by name, and what these have found.
    pub(crate) custom: Vec<String>,
    pub(crate) reported: Vec<Reported>,
}

const KEYS: &[&str] = &[
    "engine",
    "preset",
    "rules",
    "globals",
    "form",
    "language",
    "filename",
    "name",
    "modules",
    "allowSuppressions",
    "maxDiagnostics",
    "explain",
    "color",
    "custom",
    "findings",
];

impl CheckOptions {
    /// Reads options from JSON.
    ///
    /// # Errors
    ///
    /// [`OptionFault`]: the first that is wrong.
    pub fn read(json: &str) -> Result<Self, OptionFault> {
        let value: Value = serde_json::from_str(json)
            .map_err(|error| OptionFault::new("", format!("the options are no JSON: {error}")))?;
        let options = Reader::new(&value);
        options.only(KEYS)?;
        let preset = options.get("preset").word(&[
            ("recommended", Preset::Recommended),
            ("recommended-node", Preset::RecommendedNode),
            ("strict", Preset::Strict),
            ("none", Preset::None),
        ])?;
        let engines = [("v8", Engine::V8), ("node", Engine::Node)];
        let engine = match (options.get("engine").word(&engines)?, preset) {
            (Some(engine), _) => engine,
            (None, Some(Preset::RecommendedNode)) => Engine::Node,
            (None, _) => Engine::V8,
        };
        let preset = preset.unwrap_or(match engine {
            Engine::V8 => Preset::Recommended,
            Engine::Node => Preset::RecommendedNode,
        });
        Ok(Self {
            engine,
            rules: active(&options.get("rules"), preset, engine)?,
            globals: globals(&options.get("globals"))?,
            wanted: wanted(&options.get("form"))?,
            language: language(&options)?,
            name: options.get("name").text()?,
            published: published(&options.get("modules"))?,
            allow_suppressions: options.get("allowSuppressions").flag()?.unwrap_or(true),
            max_diagnostics: options.get("maxDiagnostics").number()?.unwrap_or(1000),
            explain: options.get("explain").flag()?.unwrap_or(false),
            color: options.get("color").flag()?.unwrap_or(false),
            custom: options.get("custom").texts()?.unwrap_or_default(),
            reported: Reported::list(&options.get("findings"))?,
        })
    }
}

fn wanted(form: &Reader<'_>) -> Result<Wanted, OptionFault> {
    let found = form.word(&[
        ("auto", Wanted::Any),
        ("function", Wanted::Form(Form::Function)),
        ("commonjs", Wanted::Form(Form::CommonJs)),
        ("module", Wanted::Form(Form::Module)),
    ])?;
    Ok(found.unwrap_or_default())
}

fn language(options: &Reader<'_>) -> Result<Language, OptionFault> {
    let filename = options.get("filename").text()?;
    let found = options.get("language").word(&[
        ("js", Language::JavaScript),
        ("ts", Language::TypeScript),
        ("tsx", Language::Tsx),
    ])?;
    let extension = filename.as_deref().and_then(|it| it.rsplit_once('.'));
    Ok(found.unwrap_or(match extension {
        Some((_, "ts" | "mts" | "cts")) => Language::TypeScript,
        Some((_, "tsx")) => Language::Tsx,
        _ => Language::JavaScript,
    }))
}

fn globals(given: &Reader<'_>) -> Result<BTreeMap<String, Global>, OptionFault> {
    let mut globals = BTreeMap::new();
    for (name, value) in given.entries()? {
        let kind = value.word(&[
            ("readonly", Global::Readonly),
            ("writable", Global::Writable),
            ("off", Global::Off),
        ])?;
        globals.extend(kind.map(|kind| (name, kind)));
    }
    Ok(globals)
}

fn published(given: &Reader<'_>) -> Result<Option<Published>, OptionFault> {
    if given.is_none() {
        return Ok(None);
    }
    if given.is_list() {
        let names = given.texts()?.unwrap_or_default();
        return Ok(Some(Published {
            names: names.into_iter().map(|name| (name, Vec::new())).collect(),
            is_graph: false,
        }));
    }
    let mut names = BTreeMap::new();
    for (name, value) in given.entries()? {
        names.insert(name, value.texts()?.unwrap_or_default());
    }
    Ok(Some(Published {
        names,
        is_graph: true,
    }))
}

/// The rules of a preset, as the options change them.
fn active(given: &Reader<'_>, preset: Preset, engine: Engine) -> Result<Vec<Active>, OptionFault> {
    let mut settings = BTreeMap::new();
    for (name, setting) in given.entries()? {
        if !RULES.iter().any(|it| it.name == name) {
            let nearest = isolane_syntax::nearest(&name, RULES.iter().map(|it| it.name));
            return Err(setting.unknown(format!("there is no rule `{name}`"), nearest));
        }
        settings.insert(name, setting);
    }
    let mut active = Vec::new();
    for info in RULES {
        let preset = info.severity(preset);
        let setting = settings.get(info.name);
        let severity = match setting {
            Some(setting) => severity(setting, preset, info.own_severity())?,
            None => preset,
        };
        if severity != Severity::Off {
            let none = Reader::none(format!("rules.{}", info.name));
            let options = rules::Options {
                engine,
                given: setting.unwrap_or(&none).rest()?,
            };
            active.push(Active {
                name: info.name,
                severity,
                rule: (info.make)(&options)?,
            });
        }
    }
    Ok(active)
}

fn severity(
    setting: &Reader<'_>,
    preset: Severity,
    own: Severity,
) -> Result<Severity, OptionFault> {
    let head = setting.head();
    if let Some(flag) = head.as_flag() {
        return Ok(match (flag, preset) {
            (false, _) => Severity::Off,
            (true, Severity::Off) => own,
            (true, preset) => preset,
        });
    }
    let found = head.word(&[
        ("off", Severity::Off),
        ("warn", Severity::Warn),
        ("error", Severity::Error),
    ])?;
    Ok(found.unwrap_or(preset))
}
