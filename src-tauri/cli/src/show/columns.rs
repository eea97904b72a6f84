//! Rows of cells as aligned lines; colours do not count as width.

use anstyle::Style;

#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) style: Style,
}

impl Cell {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::new() }
    }

    pub(super) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

pub(super) fn aligned<const N: usize>(rows: &[[Cell; N]]) -> String {
    lines(rows).join("\n")
}

/// One for each row.
pub(super) fn lines<const N: usize>(rows: &[[Cell; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[Cell; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let Cell { text, style } = cell;
            format!("{style}{text}{style:#}{}", " ".repeat(width - cell.width()))
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
