//! Pages of an organisation that lives: the documents of examples/tobira over the simulated world,
//! through the real loop and a real SQLite.
//!
//! With `TOMONI_PAGES_DIR` set, the pages are also written there, to look at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use regex::Regex;
use tempfile::TempDir;
use tomoni_app::detail::Details;
use tomoni_app::documents;
use tomoni_app::live::{Live, LiveOptions};
use tomoni_app::source::{Origins, SimulatedSource};
use tomoni_app::world::{InForce, Standing, World};
use tomoni_ledger::{DAY_MINUTES, Minute};
use tomoni_server::present::{self, Past};
use tomoni_server::ui::view::{CheckResult, Row, Slo};
use tomoni_server::ui::{Context, Language, Theme, pages};
use tomoni_sources::simulated::Simulated;
use tomoni_sources::simulator::scenarios;
use tomoni_store::Store;

/// 2026-11-24T18:00:07+09:00, a Tuesday.
const NOW_MS: i64 = 1_795_510_807_000;

struct Tobira {
    _folder: TempDir,
    store: Store,
    details: Details,
    world: Arc<World>,
}

impl Tobira {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let clock = Arc::new(|| NOW_MS);
        let mut options = LiveOptions::new(store.clone(), clock, Arc::new(|| Duration::ZERO));
        let now = Minute::ended_by_ms(NOW_MS);
        let tobira = scenarios::tobira(7, now - 90 * DAY_MINUTES, now);
        let source = SimulatedSource::new(Simulated::new(tobira), "tobira");
        options.origins = Some(Origins::One(Arc::new(source)));
        let specs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/tobira");
        options.in_force = InForce::read(documents::read(&[specs.into()]), NOW_MS);
        options.history_days = 28;
        let (mut live, handle) = Live::open(options).await;
        live.tick(NOW_MS).await;
        while live.groups().await || live.answers().await {}
        // What was put off for later, such as sparks.
        for tick in 1..5 {
            live.tick(NOW_MS + tick * 15_000).await;
            while live.groups().await || live.answers().await {}
        }
        let details = Details::new(store.clone());
        let world = handle.world();
        Self {
            _folder: folder,
            store,
            details,
            world,
        }
    }

    /// The page at an address; `None` when there is none.
    async fn page(&self, path: &str, language: Language, theme: Theme) -> Option<String> {
        let context = self.context(path, language, theme);
        let (address, query) = path.split_once('?').unwrap_or((path, ""));
        let query: BTreeMap<&str, &str> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let parts: Vec<&str> = address.trim_matches('/').split('/').collect();
        let world = &self.world;
        let markup = match parts.as_slice() {
            [""] => pages::overview::page(&present::overview(world), &context),
            ["findings"] => pages::findings::page(&present::findings(world, 1, 1), &context),
            ["teams", name] => pages::team::page(&present::team(world, name, 1)?, &context),
            ["services", name] => {
                pages::service::page(&present::service(world, name, 1)?, &context)
            }
            ["slos", name] => {
                let standing = self.standing(name, query.get("objective").copied())?;
                pages::slo::page(&self.slo(standing).await, &context)
            }
            ["slos", name, "minutes"] => {
                let standing = self.standing(name, query.get("objective").copied())?;
                let day: Option<Date> = query.get("day").map(|day| day.parse().unwrap());
                let is_all = query.contains_key("all");
                let view =
                    present::minutes(&self.details, world, standing, day, &context.zone, is_all);
                pages::minutes::page(&view.await.unwrap()?, &context)
            }
            _ => return None,
        };
        Some(markup.into_string())
    }

    fn standing(&self, name: &str, objective: Option<&str>) -> Option<&Arc<Standing>> {
        let index = objective.map_or(0, |n| n.parse::<usize>().unwrap() - 1);
        let mut all = self.world.standings.iter();
        all.find(|standing| standing.slo.value.name == name && standing.index == index)
    }

    async fn slo(&self, standing: &Arc<Standing>) -> Slo {
        let (past, zone) = (Past::default(), zone());
        let slo = present::slo(&self.details, &self.world, standing, past, &zone);
        slo.await.unwrap()
    }

    fn context(&self, path: &str, language: Language, theme: Theme) -> Context {
        let instant = |ms| Timestamp::from_millisecond(ms).unwrap();
        Context {
            language,
            is_language_asked: false,
            theme,
            zone: zone(),
            base_path: String::new(),
            path: path.to_owned(),
            now: instant(self.world.now_ms),
            watermark: self.world.watermark.map(|minute| instant(minute.end_ms())),
            outages: Vec::new(),
        }
    }
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Tokyo").unwrap()
}

/// Addresses on a page, without what is no page.
fn links(page: &str) -> BTreeSet<String> {
    let href = Regex::new(r#"href="(/[^"]*)""#).unwrap();
    let found = href
        .captures_iter(page)
        .map(|found| found[1].replace("&amp;", "&"));
    found
        .filter(|path| !path.starts_with("/assets/") && !path.starts_with("/api"))
        .collect()
}

fn summary(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let left = row.budget.remaining() * 100.0;
        let objective = row
            .key
            .objective
            .map_or_else(String::new, |n| format!(" {n}"));
        let alerts: Vec<&str> = row
            .alerts
            .iter()
            .map(|alert| alert.severity.as_str())
            .collect();
        let name = &row.key.name;
        let state = row.state.as_str();
        writeln!(
            text,
            "  {name}{objective}: {state}, {left:.1} % left {}",
            alerts.join(" ")
        )
        .unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_shown() {
    let tobira = Tobira::new().await;
    let world = &tobira.world;
    every_link_leads_somewhere(&tobira).await;
    figures_agree(&tobira).await;

    let overview = present::overview(world);
    let mut text = String::new();
    for (section, rows) in [
        ("firing", &overview.firing),
        ("worst", &overview.worst),
        ("doubtful", &overview.doubtful),
        ("backfilling", &overview.backfilling),
    ] {
        write!(text, "{section}:\n{}", summary(rows)).unwrap();
    }
    for team in &overview.teams {
        let states = team.states.worst_first().map(|(_, count)| count);
        writeln!(
            text,
            "{}: {states:?}, {} firing",
            team.named.name, team.firing
        )
        .unwrap();
    }
    let findings = present::findings(world, 1, 1);
    let blind = |result: &CheckResult| !matches!(result, CheckResult::Found { .. });
    for check in findings.checks.iter().filter(|check| blind(&check.result)) {
        writeln!(text, "{}: {:?}", check.key.name, check.result).unwrap();
    }
    insta::assert_snapshot!(text);

    the_store_goes_away(tobira).await;
}

/// From the overview on, every address that a page shows is a page, down to the minutes.
async fn every_link_leads_somewhere(tobira: &Tobira) {
    let mut waiting = vec!["/".to_owned()];
    let mut met: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut minutes = 0;
    while let Some(path) = waiting.pop() {
        // A day has two neighbours, and they have theirs: a few are enough.
        let is_minutes = path.contains("/minutes");
        minutes += i32::from(is_minutes);
        if is_minutes && minutes > 40 {
            continue;
        }
        let page = tobira.page(&path, Language::English, Theme::Light).await;
        let page = page.unwrap_or_else(|| panic!("nothing is at {path}"));
        for link in links(&page) {
            if met.insert(link.clone()) {
                waiting.push(link);
            }
        }
        if let Some(folder) = std::env::var_os("TOMONI_PAGES_DIR") {
            write_down(tobira, &path, Path::new(&folder)).await;
        }
    }
    for standing in &tobira.world.standings {
        let name = &standing.slo.value.name;
        let is_met = |path: &String| path.starts_with(&format!("/slos/{name}"));
        assert!(met.iter().any(is_met), "nothing leads to {name}");
    }
    assert!(minutes > 40, "{minutes}");
}

async fn write_down(tobira: &Tobira, path: &str, folder: &Path) {
    let name = path.trim_matches('/').replace(['/', '?', '&', '='], "-");
    let name = if name.is_empty() { "overview" } else { &name };
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    for asset in tomoni_assets::ALL {
        std::fs::write(folder.join("assets").join(asset.path), asset.bytes).unwrap();
    }
    for (language, theme) in [
        (Language::English, Theme::Light),
        (Language::Japanese, Theme::Light),
        (Language::English, Theme::Dark),
        (Language::Japanese, Theme::Dark),
    ] {
        let page = tobira.page(path, language, theme).await.unwrap();
        let folder = folder.join(language.tag()).join(theme.name());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.html")), page).unwrap();
    }
}

/// A page's parts say the same as its figures, and a day's minutes as the day.
async fn figures_agree(tobira: &Tobira) {
    let zone = zone();
    let (mut spent, mut differing) = (0, 0);
    for standing in &tobira.world.standings {
        let name = &standing.slo.value.name;
        let figures = &standing.measures.figures;
        let view = tobira.slo(standing).await;
        differing += differing_peers(&view);
        let line = &view.timeline;
        let bad: f64 = line.days.iter().map(|day| day.bad).sum();
        assert!((bad - figures.bad.as_f64()).abs() < 1e-9, "{name}: {bad}");
        let known: i64 = line.days.iter().map(|day| day.known_minutes).sum();
        assert_eq!(known, figures.known_minutes, "{name}");
        let shares: f64 = line.days.iter().filter_map(|day| day.spent).sum();
        assert!(
            (shares - figures.budget.consumed).abs() < 1e-6,
            "{name}: {shares}"
        );
        // What is written out comes to what is shown.
        let (bad, all) = view.explanation.weighed;
        if let (Some(sli), None) = (figures.sli, figures.slices) {
            assert!(
                (1.0 - bad / all - sli).abs() < 1e-9,
                "{name}: {bad} of {all}"
            );
            let allowed = (1.0 - view.row.target) * all;
            assert!(
                (allowed - figures.budget.allowed).abs() < 1e-6 * allowed,
                "{name}"
            );
        }
        let last = line.points.last().unwrap();
        assert_eq!(last.sli, figures.sli, "{name}");
        let series = present::series(&tobira.details, &tobira.world, standing, None, None, None);
        let series = series.await.unwrap().unwrap();
        let of_points: Vec<_> = line.points.iter().map(|point| point.remaining).collect();
        assert_eq!(series.remaining, of_points, "{name}");
        assert_eq!(series.t.len(), series.bad.len());
        // The day that spent most, minute by minute.
        let worst = line
            .days
            .iter()
            .max_by(|a, b| a.bad.total_cmp(&b.bad))
            .unwrap();
        let minutes = present::minutes(
            &tobira.details,
            &tobira.world,
            standing,
            Some(worst.date),
            &zone,
            true,
        );
        let minutes = minutes.await.unwrap().unwrap();
        let is_inside = |end: Timestamp| end > view.window.0 && end <= view.window.1;
        let rows = minutes
            .rows
            .iter()
            .filter(|row| is_inside(row.end) && !row.is_excluded);
        let of_minutes: f64 = rows
            .filter_map(|row| row.fact.counts())
            .map(|(bad, _)| bad)
            .sum();
        let is_same = (of_minutes - worst.bad).abs() < 1e-9;
        assert!(is_same, "{name} on {}: {of_minutes}", worst.date);
        spent += i32::from(worst.bad > 0.0);
    }
    assert!(spent > 20, "{spent}");
    assert!(differing > 10, "{differing}");
}

/// How many peers say something else; what makes the difference adds up to it.
fn differing_peers(view: &Slo) -> usize {
    let mut differing = 0;
    for peer in &view.explanation.peers {
        let Ok(said) = &peer.said else {
            continue;
        };
        let (Some(difference), Some(remaining)) = (said.difference, said.remaining) else {
            continue;
        };
        let is_same = |a: f64, b: f64| (a - b).abs() < 1e-6 * b.abs().max(1.0);
        let named = (&view.row.key.name, peer.tool);
        let ours = view.row.budget.remaining();
        assert!(is_same(remaining - ours, difference), "{named:?}");
        let by_cause: f64 = said.causes.iter().map(|(_, points)| points).sum();
        assert!(is_same(by_cause, difference), "{named:?}: {by_cause}");
        if said.causes.is_empty() {
            continue;
        }
        differing += 1;
        let (_, others) = said.others;
        let listed = said.days.iter().map(|day| day.spent);
        let parts = listed.chain([others]);
        let by_day: f64 = parts.map(|spent| spent.ours - spent.theirs).sum();
        assert!(is_same(by_day, difference), "{named:?}: {by_day}");
        assert!(
            is_same(said.all.ours - said.all.theirs, difference),
            "{named:?}"
        );
    }
    differing
}

/// The figures stay, and the page says what is missing.
async fn the_store_goes_away(tobira: Tobira) {
    let Tobira {
        _folder,
        store,
        world,
        ..
    } = tobira;
    let details = Details::new(store.clone());
    store.close().await;
    let (standing, zone) = (&world.standings[0], zone());
    let slo = present::slo(&details, &world, standing, Past::default(), &zone);
    let view = slo.await.unwrap();
    assert!(view.timeline.is_away && view.timeline.points.is_empty());
    assert_eq!(view.row.budget, standing.measures.figures.budget);
    let minutes = present::minutes(&details, &world, standing, None, &zone, false);
    assert!(minutes.await.is_err());
}

#[test]
fn an_empty_installation_says_what_to_do() {
    let world = World::default();
    let context = tomoni_server::ui::samples::context(Language::English, Theme::Light, "/");
    let overview = present::overview(&world);
    assert_eq!(overview.states.all(), 0);
    let page = pages::overview::page(&overview, &context).into_string();
    assert!(page.contains("tomoni serve --specs"), "{page}");
    let findings = pages::findings::page(&present::findings(&world, 1, 1), &context).into_string();
    assert!(findings.contains("tomoni serve --specs"));
    assert!(present::team(&world, "home", 1).is_none());
    assert!(present::service(&world, "unlock-api", 1).is_none());
}
