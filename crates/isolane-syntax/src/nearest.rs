/// Names that are shown, at most.
const MOST: usize = 3;
/// Longer names are not compared: it would take the product of their lengths.
const LONGEST: usize = 200;

/// Of `known`, those that `name` may have been meant to be, the nearest first.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let length = name.chars().count();
    if length > LONGEST {
        return Vec::new();
    }
    let most = match length {
        // Half of a short name is another name.
        0..=2 => return Vec::new(),
        3..=5 => 1,
        _ => length / 3,
    };
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|known| {
            known.len() <= 4 * LONGEST && known.chars().count().abs_diff(length) <= most
        })
        .map(|known| (strsim::osa_distance(name, known), known))
        .filter(|&(distance, _)| distance <= most)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(MOST);
    found
        .into_iter()
        .map(|(_, known)| known.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_a_slip_away_and_nothing_else() {
        let known = ["util", "price", "prices", "a", "utilities"];
        assert_eq!(nearest("utli", known), ["util"]);
        assert_eq!(nearest("pricee", known), ["price", "prices"]);
        assert!(nearest("something else", known).is_empty());
        assert!(nearest("b", known).is_empty() && nearest("name", ["Date", "an"]).is_empty());
        assert!(nearest(&"u".repeat(100_000), known).is_empty());
    }
}
