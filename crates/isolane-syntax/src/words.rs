//! Words by what a parser may make of them, for `reader`.

/// Words behind a brace, or on a new line, that may go on with what seems to have ended.
pub(crate) const CONTINUING: &[&[u8]] = &[
    b"as",
    b"catch",
    b"else",
    b"extends",
    b"finally",
    b"from",
    b"implements",
    b"in",
    b"instanceof",
    b"is",
    b"of",
    b"satisfies",
    b"while",
    b"with",
];

/// Words that a regular expression may follow: no names but behind a dot.
pub(crate) const OPERATORS: &[&[u8]] = &[
    b"case",
    b"default",
    b"delete",
    b"do",
    b"else",
    b"extends",
    b"in",
    b"instanceof",
    b"new",
    b"return",
    b"throw",
    b"typeof",
    b"void",
];

/// Words that may be such, or names; and those that a name may follow, on another line too.
pub(crate) const UNKNOWN: &[&[u8]] = &[
    b"abstract",
    b"accessor",
    b"as",
    b"asserts",
    b"async",
    b"await",
    b"class",
    b"const",
    b"declare",
    b"enum",
    b"export",
    b"function",
    b"get",
    b"import",
    b"infer",
    b"interface",
    b"is",
    b"keyof",
    b"let",
    b"module",
    b"namespace",
    b"of",
    b"override",
    b"private",
    b"protected",
    b"public",
    b"readonly",
    b"satisfies",
    b"set",
    b"static",
    b"type",
    b"unique",
    b"var",
    b"yield",
];

/// Words that a parenthesis with a statement behind it may follow.
pub(crate) const BEFORE_HEADS: &[&[u8]] = &[b"await", b"for", b"if", b"while", b"with"];
