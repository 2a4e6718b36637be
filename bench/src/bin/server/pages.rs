//! How soon pages come.

use std::error::Error;
use std::path::Path;

use tomoni_bench::load::{self, Load, Times};
use tomoni_bench::memory::Memory;
use tomoni_bench::services::Service;
use tomoni_bench::{documents, programs};

use crate::Arguments;
use crate::site::Site;

/// How often each kind of page is asked for.
pub(crate) const REQUESTS: usize = 300;

/// How soon the pages of the largest server come.
pub(crate) struct Pages {
    /// By kind.
    pub(crate) one_by_one: Vec<(&'static str, Times)>,
    pub(crate) load: Load,
    /// Memory after all that.
    pub(crate) memory: Memory,
}

impl Pages {
    pub(crate) async fn measure(
        site: &Site,
        arguments: &Arguments,
        folder: &Path,
    ) -> Result<Self, Box<dyn Error>> {
        all_counted(
            &site.server.get("/api/v1/status").await?,
            site.measured.slos,
        )?;
        let mut one_by_one = Vec::new();
        for (kind, paths) in kinds(site.measured.slos) {
            programs::say(&format!("pages: {kind}"));
            let times = load::one_by_one(&site.server, &paths, REQUESTS).await?;
            one_by_one.push((kind, times));
        }
        programs::say("pages: wrk");
        let (per_s, seconds) = (arguments.load[0], arguments.load[1]);
        let paths = visits(site.measured.slos);
        let load = load::wrk(&site.server, &paths, per_s, seconds, folder)?;
        let memory = site.server.memory()?;
        Ok(Self {
            one_by_one,
            load,
            memory,
        })
    }
}

/// Every kind of page, with the addresses of some.
fn kinds(slos: usize) -> Vec<(&'static str, Vec<String>)> {
    // Services of all methods and teams.
    let services: Vec<Service> = (0..slos).step_by((slos / 97).max(1)).map(Service).collect();
    let each = |path: &dyn Fn(Service) -> String| services.iter().map(|s| path(*s)).collect();
    let alone = |path: &str| vec![path.to_owned()];
    vec![
        ("overview", alone("/")),
        (
            "team of 50",
            each(&|s| format!("/teams/{}", documents::team(s))),
        ),
        ("service", each(&|s| format!("/services/{}", s.name()))),
        ("SLO", each(&|s| format!("/slos/{}-availability", s.name()))),
        (
            "SLO's minutes",
            each(&|s| format!("/slos/{}-availability/minutes", s.name())),
        ),
        ("findings", alone("/findings")),
        (
            "API: one SLO",
            each(&|s| format!("/api/v1/slos/{}-availability", s.name())),
        ),
        ("API: status of all", alone("/api/v1/status")),
    ]
}

/// What people ask for: of ten requests five are pages of SLOs, all of them in turn.
fn visits(slos: usize) -> Vec<String> {
    let of_service = |number: usize| {
        let service = Service(number);
        let slo = format!("/slos/{}-availability", service.name());
        match number % 10 {
            0 => "/".to_owned(),
            1 => format!("/teams/{}", documents::team(service)),
            2 => format!("/services/{}", service.name()),
            3 => format!("{slo}/minutes"),
            4 => format!("/api/v1{slo}"),
            _ => slo,
        }
    };
    // A stride that shares no factor with ten: methods and kinds of pages meet in every way.
    (0..slos).map(|i| of_service(i * 7 % slos.max(1))).collect()
}

/// Whether there is a figure for every SLO.
fn all_counted(report: &str, slos: usize) -> Result<(), Box<dyn Error>> {
    let report: serde_json::Value = serde_json::from_str(report)?;
    let rows = report["slos"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let counted = rows.iter().filter(|row| row["total"].as_f64() > Some(0.0));
    let counted = counted.count();
    if counted == slos {
        Ok(())
    } else {
        Err(format!("only {counted} of {slos} SLOs have figures").into())
    }
}
