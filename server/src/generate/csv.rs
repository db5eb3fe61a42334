//! Comma-separated tables with a header line, as RFC 4180 has them.

/// A table by the names of its columns.
pub(super) struct Table {
    header: Vec<String>,
    /// Line in the file, and the fields.
    rows: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// Reads a table. A quoted field may hold commas and doubled quotes, but no line break.
    ///
    /// # Errors
    /// The first line whose number of fields differs from the header's.
    pub(super) fn read(text: &str) -> Result<Table, String> {
        let mut lines = text.lines().enumerate();
        let header = lines.next().map(|(_, line)| fields(line)).ok_or("the table is empty")?;
        let mut rows = Vec::new();
        for (n, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let row = fields(line);
            if row.len() != header.len() {
                let (expected, found) = (header.len(), row.len());
                return Err(format!("line {}: {found} fields instead of {expected}", n + 1));
            }
            rows.push((n + 1, row));
        }
        Ok(Table { header, rows })
    }

    /// The number of the column of this name.
    ///
    /// # Errors
    /// No such column.
    pub(super) fn column(&self, name: &str) -> Result<usize, String> {
        let found = self.header.iter().position(|column| column == name);
        found.ok_or_else(|| format!("line 1: there is no column {name}"))
    }

    /// Lines, numbered as in the file, with their fields.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, &[String])> {
        self.rows.iter().map(|(line, row)| (*line, row.as_slice()))
    }
}

fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field) = (Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            _ => field.push(letter),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas_and_quotes() {
        assert_eq!(fields(r#"a,"b, c",,"say ""so""""#), ["a", "b, c", "", "say \"so\""]);
    }

    #[test]
    fn a_short_line_is_named() {
        assert_eq!(Table::read("a,b\n1,2\n3\n").err().unwrap(), "line 3: 1 fields instead of 2");
    }
}
