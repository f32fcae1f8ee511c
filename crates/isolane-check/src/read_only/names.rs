//! The built-ins, by what they do to values that the caller did not make.
//!
//! A shared value is data: what the codec carries, without functions and accessors. So a method that
//! is called on one is a built-in of these names, and only built-ins.

use crate::mutation::MUTATING_METHODS;

/// Methods that write `lastIndex` of their receiver, a regular expression.
pub(super) const MATCHERS: &[&str] = &["exec", "test"];

/// Methods whose first argument is called with parts of the receiver, and whose second would be its
/// `this`.
pub(super) const CALLING_METHODS: &[&str] = &[
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flatMap",
    "forEach",
    "map",
    "some",
];

/// The same, where the second argument is where to begin.
pub(super) const FOLDING_METHODS: &[&str] = &["reduce", "reduceRight"];

/// Methods with a comparison, which may be absent.
pub(super) const ORDERING_METHODS: &[&str] = &["sort", "toSorted"];

/// Methods of strings that write to their argument where it is a regular expression.
pub(super) const MATCHING_METHODS: &[&str] = &[
    "match",
    "matchAll",
    "replace",
    "replaceAll",
    "search",
    "split",
];

/// Methods that only read, and call nothing.
pub(super) const READING_METHODS: &[&str] = &[
    "at",
    "charAt",
    "charCodeAt",
    "codePointAt",
    "concat",
    "drop",
    "endsWith",
    "entries",
    "flat",
    "format",
    "formatToParts",
    "get",
    "getDate",
    "getDay",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "getTime",
    "getTimezoneOffset",
    "getUTCDate",
    "getUTCDay",
    "getUTCFullYear",
    "getUTCHours",
    "getUTCMilliseconds",
    "getUTCMinutes",
    "getUTCMonth",
    "getUTCSeconds",
    "has",
    "hasOwnProperty",
    "includes",
    "indexOf",
    "isWellFormed",
    "join",
    "keys",
    "lastIndexOf",
    "localeCompare",
    "normalize",
    "padEnd",
    "padStart",
    "repeat",
    "slice",
    "startsWith",
    "subarray",
    "substr",
    "substring",
    "take",
    "toArray",
    "toExponential",
    "toFixed",
    "toISOString",
    "toJSON",
    "toLocaleDateString",
    "toLocaleLowerCase",
    "toLocaleString",
    "toLocaleTimeString",
    "toLocaleUpperCase",
    "toLowerCase",
    "toPrecision",
    "toReversed",
    "toSpliced",
    "toString",
    "toUpperCase",
    "toWellFormed",
    "trim",
    "trimEnd",
    "trimStart",
    "valueOf",
    "values",
    "with",
    // The context's own.
    "debug",
    "error",
    "info",
    "log",
    "warn",
];

/// Methods that give an object of its own, whatever the receiver. `subarray` shares its memory.
pub(super) const COPYING_METHODS: &[&str] = &[
    "concat",
    "difference",
    "entries",
    "filter",
    "flat",
    "flatMap",
    "intersection",
    "keys",
    "map",
    "match",
    "matchAll",
    "slice",
    "split",
    "symmetricDifference",
    "toArray",
    "toReversed",
    "toSorted",
    "toSpliced",
    "union",
    "values",
    "with",
];

/// Methods of sets, which call methods of their argument.
pub(super) const SET_METHODS: &[&str] = &[
    "difference",
    "intersection",
    "isDisjointFrom",
    "isSubsetOf",
    "isSupersetOf",
    "symmetricDifference",
    "union",
];

/// Properties that lead from a value to built-ins, or change what a built-in makes.
pub(super) const FORBIDDEN_PROPERTIES: &[&str] = &[
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "apply",
    "arguments",
    "bind",
    "call",
    "callee",
    "caller",
    "constructor",
    "prototype",
    "species",
];

/// Properties that an object of a literal has without having them itself, and that can be read.
pub(super) const INHERITED_PROPERTIES: &[&str] = &[
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Globals that are values, or functions which give a primitive and call nothing.
pub(super) const PURE_FUNCTIONS: &[&str] = &[
    "BigInt",
    "Boolean",
    "Number",
    "String",
    "decodeURIComponent",
    "encodeURIComponent",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
];

/// Globals that are primitives.
pub(super) const CONSTANTS: &[&str] = &["Infinity", "NaN", "undefined"];

/// Classes whose instances are new objects without a link to the arguments' memory.
pub(super) const COPYING_CLASSES: &[&str] = &[
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "Date",
    "Error",
    "EvalError",
    "Map",
    "RangeError",
    "ReferenceError",
    "RegExp",
    "Set",
    "SyntaxError",
    "TypeError",
    "URIError",
    "WeakMap",
    "WeakSet",
];

/// Classes whose instances may be views of an argument's memory.
pub(super) const VIEWING_CLASSES: &[&str] = &[
    "BigInt64Array",
    "BigUint64Array",
    "DataView",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
];

/// Static functions of globals that read their arguments only, and give new objects or primitives.
pub(super) const READING_STATICS: &[(&str, &[&str])] = &[
    ("Array", &["isArray", "of"]),
    ("ArrayBuffer", &["isView"]),
    ("BigInt", &["asIntN", "asUintN"]),
    ("Date", &["UTC", "now", "parse"]),
    (
        "Number",
        &[
            "isFinite",
            "isInteger",
            "isNaN",
            "isSafeInteger",
            "parseFloat",
            "parseInt",
        ],
    ),
    (
        "Object",
        &[
            "entries",
            "getOwnPropertyNames",
            "hasOwn",
            "is",
            "isFrozen",
            "keys",
            "values",
        ],
    ),
    ("String", &["fromCharCode", "fromCodePoint", "raw"]),
    ("console", &["debug", "error", "info", "log", "warn"]),
];

/// The functions of `Math`. What it inherits (`valueOf` gives `Math` itself) is none of them.
pub(super) const MATH_FUNCTIONS: &[&str] = &[
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "clz32",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "f16round",
    "floor",
    "fround",
    "hypot",
    "imul",
    "log",
    "log10",
    "log1p",
    "log2",
    "max",
    "min",
    "pow",
    "random",
    "round",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "sumPrecise",
    "tan",
    "tanh",
    "trunc",
];

/// Names by which built-ins call what an object has under them, whatever the text itself calls.
/// `has` and `keys` are looked at where methods of sets are called, which alone call them.
/// `exec` is not among them: what it gives comes back from `match`, so not even a function of the
/// text may be there.
pub(super) const CALLED_BY_BUILT_INS: &[&str] = &[
    "join",
    "next",
    "return",
    "then",
    "throw",
    "toISOString",
    "toJSON",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Static functions of `Object` that write to their first argument.
pub(super) const WRITING_STATICS: &[&str] = &["assign", "freeze", "preventExtensions", "seal"];

/// Whether `list` has `name`.
pub(super) fn has(list: &[&str], name: &str) -> bool {
    list.contains(&name)
}

/// Whether `name` is that of a method of built-ins.
pub(super) fn is_method(name: &str) -> bool {
    [
        MUTATING_METHODS,
        MATCHERS,
        CALLING_METHODS,
        FOLDING_METHODS,
        ORDERING_METHODS,
        MATCHING_METHODS,
        READING_METHODS,
        SET_METHODS,
        INHERITED_PROPERTIES,
    ]
    .iter()
    .any(|it| has(it, name))
}
