//! The table: each figure beside its floor, its `first` and its `goal`.

use std::fmt;

use serde::Serialize;
use serde_json::json;

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Better {
    /// A rate.
    Higher,
    /// A time, a cost, a size.
    Lower,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Which work, as in the budgets.
    pub work: String,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// What was measured.
    pub figure: f64,
    /// In which unit.
    pub unit: &'static str,
    /// The same bytes written, or the same rows committed, with nothing else in the way.
    pub floor: Option<f64>,
    /// Due with the issue that builds the thing.
    pub first: Option<f64>,
    /// Where it must end up.
    pub goal: Option<f64>,
    /// Which way is better.
    pub better: Better,
}

/// Which figure is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Met {
    /// The goal.
    Goal,
    /// What is due first.
    First,
    /// Neither, though one was due.
    Missed,
    /// Nothing was due.
    None,
}

impl Row {
    /// A figure where more is better.
    pub fn rate(work: impl Into<String>, database: &'static str, figure: f64, unit: &'static str) -> Self {
        Self { work: work.into(), database, figure, unit, floor: None, first: None, goal: None, better: Better::Higher }
    }

    /// A figure where less is better.
    pub fn cost(work: impl Into<String>, database: &'static str, figure: f64, unit: &'static str) -> Self {
        Self { better: Better::Lower, ..Self::rate(work, database, figure, unit) }
    }

    /// The floor that was run beside it.
    pub fn floor(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// The figures to reach.
    pub fn budget(self, first: f64, goal: f64) -> Self {
        Self { first: Some(first), goal: Some(goal), ..self }
    }

    fn meets(&self, bound: f64) -> bool {
        match self.better {
            Better::Higher => self.figure >= bound,
            Better::Lower => self.figure <= bound,
        }
    }

    fn met(&self) -> Met {
        match (self.first, self.goal) {
            (_, Some(goal)) if self.meets(goal) => Met::Goal,
            (Some(first), _) if self.meets(first) => Met::First,
            (Some(_), _) => Met::Missed,
            _ => Met::None,
        }
    }
}

/// A figure at growing sizes, for the picture.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// The cost of what.
    pub work: &'static str,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// What grows.
    pub by: &'static str,
    /// In which unit the cost is.
    pub unit: &'static str,
    /// Size and cost.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// How many times the cost of the smallest size the largest has.
    pub fn growth(&self) -> f64 {
        match (self.points.first(), self.points.last()) {
            (Some((_, smallest)), Some((_, largest))) => largest / smallest,
            _ => f64::NAN,
        }
    }
}

/// All figures of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order measured.
    pub rows: Vec<Row>,
    /// As they grew.
    pub series: Vec<Series>,
}

impl From<Vec<Row>> for Report {
    fn from(rows: Vec<Row>) -> Self {
        Self { rows, series: Vec::new() }
    }
}

impl Report {
    /// The rows, each with whether it is met.
    pub fn json(&self) -> serde_json::Value {
        let rows = self.rows.iter().map(|row| {
            let mut value = json!(row);
            value["met"] = json!(row.met());
            value
        });
        json!({ "rows": rows.collect::<Vec<_>>(), "series": self.series })
    }

    /// Takes in another's.
    pub fn add(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.series.extend(other.series);
    }

    /// Whether a `first` is missed.
    pub fn missed(&self) -> bool {
        self.rows.iter().any(|row| row.met() == Met::Missed)
    }
}

fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn maybe(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_rows(f)?;
        for series in &self.series {
            write!(f, "\n{}, {}, in {} by {}:", series.work, series.database, series.unit, series.by)?;
            for (size, cost) in &series.points {
                write!(f, " {size}: {},", number(*cost))?;
            }
        }
        if self.series.is_empty() { Ok(()) } else { writeln!(f) }
    }
}

impl Report {
    fn write_rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| work | database | figure | unit | floor | ratio | first | goal | met |")?;
        writeln!(f, "|---|---|--:|---|--:|--:|--:|--:|---|")?;
        for row in &self.rows {
            let ratio = row.floor.filter(|floor| *floor > 0.0).map(|floor| row.figure / floor);
            writeln!(
                f,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                row.work,
                row.database,
                number(row.figure),
                row.unit,
                maybe(row.floor),
                maybe(ratio),
                maybe(row.first),
                maybe(row.goal),
                match row.met() {
                    Met::Goal => "goal",
                    Met::First => "first",
                    Met::Missed => "MISSED",
                    Met::None => "",
                }
            )?;
        }
        Ok(())
    }
}

/// The middle one.
pub fn median(samples: &mut [f64]) -> f64 {
    percentile(samples, 0.5)
}

/// The value below which `share` of the samples lie, in their unit.
pub fn percentile(samples: &mut [f64], share: f64) -> f64 {
    if samples.is_empty() {
        return f64::NAN;
    }
    samples.sort_by(f64::total_cmp);
    let last = samples.len() - 1;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a slice in memory")]
    let index = (last as f64 * share).round() as usize;
    samples[index.min(last)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_first_is_told() {
        let row = Row::rate("W2", "sqlite", 10_000.0, "1/s").budget(12_000.0, 25_000.0);
        assert_eq!(row.met(), Met::Missed);
        assert_eq!(Row { figure: 12_000.0, ..row.clone() }.met(), Met::First);
        assert_eq!(Row { figure: 30_000.0, ..row }.met(), Met::Goal);
        assert_eq!(Row::cost("p99", "sqlite", 31.0, "ms").budget(30.0, 15.0).met(), Met::Missed);
    }

    #[test]
    fn percentiles_of_a_hundred() {
        let mut samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert!((percentile(&mut samples, 0.99) - 99.0).abs() < 1.0);
        assert!((percentile(&mut samples, 0.5) - 50.0).abs() <= 1.0);
    }
}
