//! Names of published functions in specifiers.

/// The name of the published function that a specifier means, seen from the function `from`:
/// `@/price`, `@/price@3`, and `./price` or `../price` beside `from`. Nothing for other specifiers.
pub(super) fn name(specifier: &str, from: Option<&str>) -> Option<String> {
    let path = if let Some(path) = specifier.strip_prefix("@/") {
        path.to_owned()
    } else if specifier.starts_with("./") || specifier.starts_with("../") {
        resolved(from.unwrap_or_default(), specifier)?
    } else {
        return None;
    };
    // A version pins; the first character may be an `@` of the name itself.
    let version = path.rfind('@').filter(|&at| at > 0);
    Some(match version {
        Some(at) if path[at + 1..].bytes().all(|byte| byte.is_ascii_digit()) => path[..at].into(),
        _ => path,
    })
}

/// A relative path, seen from the folder of `from`; nothing where it leads out.
fn resolved(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_a_specifier_means() {
        for (specifier, from, expected) in [
            ("@/price", None, Some("price")),
            ("@/price@3", None, Some("price")),
            ("@/label/price", None, Some("label/price")),
            ("@/@team/price@12", None, Some("@team/price")),
            ("./price", None, Some("price")),
            ("./price", Some("label/total"), Some("label/price")),
            ("../price", Some("label/total"), Some("price")),
            ("../price", Some("total"), None),
            ("lodash", None, None),
            ("node:fs", None, None),
            ("@scope/name", None, None),
        ] {
            assert_eq!(name(specifier, from).as_deref(), expected, "{specifier}");
        }
    }
}
