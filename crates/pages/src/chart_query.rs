//! Address of a chart as an image, for pages, bots and READMEs.

use api::calculations::ValidationErrors;
use api::calculations::potential::{PotentialRequest, PotentialResponse};
use cube_probability::Method;

use crate::chart::{Chart, Curve};
use crate::form::{Errors, FormError, Pairs};
use crate::lang::Lang;
use crate::pages::potential::PotentialForm;
use crate::pages::spread;
use crate::words;

/// Path of the chart of a potential's cost.
const PATH: &str = "/api/v1/calculations/potential/chart.svg";

/// Fields whose name in the API is not that of the pages.
const NAMES: [(&str, &str); 3] = [
    ("item_level", "level"),
    ("from", "grade"),
    ("budget_meso", "budget"),
];

/// Questions of one chart: the same goal by one method or by several.
#[derive(Debug)]
pub struct ChartQuery {
    lang: Lang,
    goal: String,
    budget: Option<u64>,
    requests: Vec<PotentialRequest>,
}

impl ChartQuery {
    /// Reads the query of a chart. Names of fields are those of the API and those of the pages.
    ///
    /// # Errors
    ///
    /// The fields at fault.
    pub fn of(pairs: &Pairs) -> Result<Self, Vec<FormError>> {
        Self::read(pairs).map_err(|mut errors| {
            for error in &mut errors {
                let named = NAMES.iter().find(|(_, page)| *page == error.field);
                if let Some((api, _)) = named.filter(|(_, page)| !pairs.has(page)) {
                    (*api).clone_into(&mut error.field);
                }
            }
            errors
        })
    }

    fn read(pairs: &Pairs) -> Result<Self, Vec<FormError>> {
        let mut form = PotentialForm::of(pairs);
        let fields = [&mut form.level, &mut form.grade, &mut form.budget];
        for ((api, _), field) in NAMES.iter().zip(fields) {
            if pairs.has(api) {
                pairs.get(api).clone_into(field);
            }
        }
        let methods: Vec<&str> = pairs.all("method").collect();
        let mut errors = Errors::default();
        if methods.len() > Chart::MAX_CURVES {
            let most = Chart::MAX_CURVES;
            errors.add(
                "method",
                &format!("{} methods; expected 1 to {most}", methods.len()),
            );
        }
        let methods = if methods.is_empty() {
            vec![form.method.clone()]
        } else {
            methods.into_iter().map(str::to_owned).collect()
        };
        let mut requests = Vec::new();
        for method in methods.into_iter().take(Chart::MAX_CURVES) {
            form.method = method;
            requests.push(form.request()?);
        }
        let budget = errors.amount("budget", &form.budget);
        errors.check(Self {
            lang: Lang::named(pairs.get("lang")).unwrap_or_default(),
            goal: form.goal,
            budget: budget.and_then(|meso| u64::try_from(meso).ok()),
            requests,
        })
    }

    /// Calculates and draws the chart.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when the first question at fault is not one of the game's.
    pub fn svg(&self) -> Result<String, ValidationErrors> {
        let mut curves = Vec::new();
        for request in &self.requests {
            let answer = request.answer()?;
            curves.extend(self.curve(request, &answer));
        }
        let title = self.lang.texts().chart_title;
        let chart = Chart {
            title: format!("{title}: {}", self.goal),
            description: self.description(&curves),
            curves,
            budget: self.budget,
            lang: self.lang,
        };
        Ok(chart.svg(true))
    }

    fn curve(&self, request: &PotentialRequest, answer: &PotentialResponse) -> Option<Curve> {
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref)?;
        let ticks = cost
            .quantiles
            .iter()
            .filter_map(|quantile| Some((spread::percent(quantile.q), quantile.value?)));
        let method: Method = request.method.parse().ok()?;
        Some(Curve {
            name: words::method(method, self.lang).to_owned(),
            shape: answer.distribution.clone()?,
            ticks: ticks.collect(),
        })
    }

    /// Returns the quantiles of every curve as a sentence.
    fn description(&self, curves: &[Curve]) -> String {
        if curves.is_empty() {
            return self.lang.texts().no_cost.to_owned();
        }
        let curves = curves.iter().map(|curve| {
            let ticks = curve.ticks.iter();
            let ticks = ticks
                .map(|(chance, meso)| format!("{chance} {}", self.lang.meso(u128::from(*meso))));
            format!("{}: {}", curve.name, ticks.collect::<Vec<_>>().join(", "))
        });
        curves.collect::<Vec<_>>().join("; ")
    }
}

/// Returns the address of the chart of a form's question.
pub(crate) fn href(form: &PotentialForm, lang: Lang) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form.query())
        .append_pair("lang", lang.code())
        .finish();
    format!("{PATH}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chart_overlays_the_methods_named() {
        let pairs = Pairs::of_query("method=red&method=black&goal=int_pct+%3E%3D+12&lang=en");
        let svg = ChartQuery::of(&pairs).unwrap().svg().unwrap();
        assert!(
            svg.contains("Red Cube") && svg.contains("Black Cube"),
            "{svg}"
        );
        assert_eq!(svg.matches("class=\"line\"").count(), 2);
    }

    #[test]
    fn chart_of_more_than_eight_methods_is_refused() {
        let query = format!("goal=int_pct>=12{}", "&method=red".repeat(9));
        let errors = ChartQuery::of(&Pairs::of_query(&query)).unwrap_err();
        assert_eq!(errors[0].field, "method");
    }
}
