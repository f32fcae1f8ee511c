use isolane_modules::Position;
use oxc_sourcemap::SourceMap;

/// The places in an author's text of what was printed anew.
#[derive(Debug)]
pub struct Map(SourceMap);

impl Map {
    pub(crate) fn new(map: SourceMap) -> Self {
        Self(map)
    }

    /// The author's place of a printed one; none where the printer has added it.
    #[must_use]
    pub fn author(&self, printed: Position) -> Option<Position> {
        let table = self.0.generate_lookup_table();
        let (line, column) = (printed.line.checked_sub(1)?, printed.column.checked_sub(1)?);
        let token = self.0.lookup_token(&table, line, column)?;
        Some(Position {
            line: token.get_src_line() + 1,
            column: token.get_src_col() + 1,
        })
    }
}
