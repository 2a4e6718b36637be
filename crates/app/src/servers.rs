//! Which server answers an indicator's queries.

use tomoni_slo::Promise;
use tomoni_sources::prometheus::{Auth, Config};
use tomoni_spec::{DataSource, Defined};
use tomoni_store::Store;

use crate::error::AppError;

/// How servers are reached.
#[derive(Clone, Debug)]
pub struct Servers {
    /// The server for documents that name none.
    pub configured: Option<Config>,
    /// How servers that documents name are treated: limits, patience, trusted authorities. Its
    /// address, credentials and headers are not used: what opens one server is not told to another.
    pub named: Config,
}

/// Why nobody can be asked for an indicator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unserved {
    /// No server is configured, and the document names none.
    #[error("no server to ask: give --prometheus URL, or name a metricSourceRef in the document")]
    NotConfigured,
    /// The document names a data source that does not exist.
    #[error("the data source `{0}` is not defined")]
    Undefined(String),
    /// The data source is of a kind that we cannot ask.
    #[error("the data source `{name}` is of type {kind}: only Prometheus-compatible ones are read")]
    Foreign {
        /// Its name.
        name: String,
        /// Its type, as written.
        kind: String,
    },
    /// The data source has no address, and there is no configured server to stand in for it.
    #[error(
        "the data source `{0}` has no url in its connectionDetails: add one, or give \
         --prometheus URL"
    )]
    NoAddress(String),
    /// Its counts are pushed: no server has them, only what Tomoni keeps.
    #[error(
        "the counts of `{0}` are pushed, and are kept by the server they are pushed to: ask that \
         one, or give its --data folder"
    )]
    Pushed(String),
    /// An indicator's queries go to two servers.
    #[error(
        "its two queries name different data sources, `{0}` and `{1}`: both halves of a ratio must \
         come from one server, or their counts would not belong together"
    )]
    Divided(String, String),
}

impl Servers {
    /// The server that answers a promise's queries.
    ///
    /// # Errors
    ///
    /// When there is none; nobody is asked for counts that are pushed.
    pub fn of(
        &self,
        promise: &Promise,
        data_sources: &[Defined<DataSource>],
    ) -> Result<Config, Unserved> {
        if let Some(sli) = promise.indicator.pushed() {
            return Err(Unserved::Pushed(sli.to_owned()));
        }
        let names: Vec<Option<&str>> = promise
            .indicator
            .queries()
            .iter()
            .map(|query| query.source.as_deref())
            .collect();
        let first = names.first().copied().flatten();
        if let Some(other) = names.iter().find(|name| **name != first) {
            let called = |name: Option<&str>| name.unwrap_or("the configured server").to_owned();
            return Err(Unserved::Divided(called(first), called(*other)));
        }
        let configured = || self.configured.clone();
        let Some(name) = first else {
            return configured().ok_or(Unserved::NotConfigured);
        };
        let found = data_sources.iter().map(|source| &source.value);
        let source = found
            .into_iter()
            .find(|source| source.name == name)
            .ok_or_else(|| Unserved::Undefined(name.to_owned()))?;
        if !source.is_askable() {
            return Err(Unserved::Foreign {
                name: name.to_owned(),
                kind: source.kind.clone(),
            });
        }
        match &source.url {
            Some(url) => Ok(self.named_at(url, source)),
            None => configured().ok_or_else(|| Unserved::NoAddress(name.to_owned())),
        }
    }

    fn named_at(&self, url: &str, source: &DataSource) -> Config {
        // The same server as the configured one is asked as that is, credentials included.
        let same = self.configured.as_ref().filter(|config| config.url == url);
        let mut config = same.cloned().unwrap_or_else(|| Config {
            url: url.to_owned(),
            auth: Auth::None,
            headers: Vec::new(),
            ..self.named.clone()
        });
        for (name, value) in &source.headers {
            config
                .headers
                .retain(|(n, _)| !n.eq_ignore_ascii_case(name));
            config.headers.push((name.clone(), value.clone()));
        }
        config
    }
}

/// Request headers that choose a tenant, and with it whose metrics are read; compared without case.
const TENANT_HEADERS: [&str; 4] = ["X-Scope-OrgID", "THANOS-TENANT", "AccountID", "ProjectID"];

/// Holds a store to the configured server: a store that was filled from another one is refused,
/// since the counts of two servers must not mix in one ledger. The first server is remembered; with
/// `has_moved` the store is told that its server has this address now.
///
/// # Errors
///
/// [`AppError::OtherServer`], and when the store cannot be read or written.
pub async fn hold_to(store: &Store, configured: &Config, has_moved: bool) -> Result<(), AppError> {
    let given = identity(configured);
    match store.server().await? {
        Some(kept) if kept == given => Ok(()),
        Some(kept) if !has_moved => Err(AppError::OtherServer { kept, given }),
        _ => Ok(store.set_server(&given).await?),
    }
}

/// Which server it is: its address without credentials, and its tenant.
fn identity(config: &Config) -> String {
    let url = config.url.trim().trim_end_matches('/');
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let host_end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let host = host.rsplit('@').next().unwrap_or(host);
    let mut identity = format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase());
    for tenant in TENANT_HEADERS {
        let named = |(name, _): &&(String, String)| name.eq_ignore_ascii_case(tenant);
        for (_, value) in config.headers.iter().filter(named) {
            identity += &format!(" {tenant}={value}");
        }
    }
    identity
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tomoni_ledger::SpanSet;
    use tomoni_slo::{
        Generation, Indicator, LedgerKey, Method, MissingData, Objective, Part, Query, Target,
        Window,
    };
    use tomoni_spec::Place;

    use super::*;

    fn promise(part: Option<&str>, total: Option<&str>) -> Promise {
        let query = |source: Option<&str>| Query {
            source: source.map(str::to_owned),
            promql: "x".to_owned(),
        };
        Promise {
            display_name: None,
            indicator: Indicator::Ratio {
                part: Part::Bad,
                part_query: query(part),
                total: query(total),
                counter: true,
            },
            threshold: None,
            key: LedgerKey {
                generation: Generation::from_bits(1),
                threshold: None,
            },
            resolution_minutes: 5,
            objective: Objective {
                target: Target::new(0.99).unwrap(),
                method: Method::Occurrences,
                window: Window::Rolling {
                    minutes: 60,
                    text: "1h".to_owned(),
                },
                missing_data: MissingData::Ignore,
                exclusions: SpanSet::new(),
            },
        }
    }

    fn source(name: &str, kind: &str, url: Option<&str>) -> Defined<DataSource> {
        let value = DataSource {
            name: name.to_owned(),
            kind: kind.to_owned(),
            url: url.map(str::to_owned),
            headers: vec![("X-Scope-OrgID".to_owned(), "home".to_owned())],
        };
        let file = Arc::from("sources.yaml");
        let place = Place {
            file,
            line: 1,
            column: 1,
            bytes: (0, 0),
        };
        Defined { value, place }
    }

    fn servers(configured: Option<&str>) -> Servers {
        let secret = Auth::Bearer("secret".to_owned());
        Servers {
            configured: configured.map(|url| Config::new(url).auth(secret.clone())),
            named: Config::new("").auth(secret),
        }
    }

    #[test]
    fn credentials_stay_with_their_server() {
        let sources = [
            source("mimir", "Prometheus", Some("http://mimir")),
            source("main", "prometheus", Some("http://main")),
        ];
        let servers = servers(Some("http://main"));
        let of = |name| servers.of(&promise(name, name), &sources).unwrap();
        let mimir = of(Some("mimir"));
        assert_eq!(
            (mimir.url.as_str(), mimir.auth),
            ("http://mimir", Auth::None)
        );
        assert_eq!(
            mimir.headers,
            [("X-Scope-OrgID".to_owned(), "home".to_owned())]
        );
        assert_ne!(of(Some("main")).auth, Auth::None);
        assert_eq!(of(None).url, "http://main");
        assert!(of(None).headers.is_empty());
    }

    #[test]
    fn who_cannot_be_asked_is_said() {
        let sources = [
            source("dog", "Datadog", Some("http://dog")),
            source("bare", "Prometheus", None),
        ];
        let servers = servers(None);
        let of = |part, total| servers.of(&promise(part, total), &sources).unwrap_err();
        assert_eq!(of(None, None), Unserved::NotConfigured);
        assert_eq!(
            of(Some("x"), Some("x")),
            Unserved::Undefined("x".to_owned())
        );
        assert_eq!(
            of(Some("bare"), Some("bare")),
            Unserved::NoAddress("bare".to_owned())
        );
        assert!(matches!(
            of(Some("dog"), Some("dog")),
            Unserved::Foreign { .. }
        ));
        assert!(matches!(of(Some("dog"), None), Unserved::Divided(..)));
        let mut pushed = promise(None, None);
        pushed.indicator = Indicator::Pushed {
            sli: "firmware".to_owned(),
        };
        let refused = servers.of(&pushed, &sources).unwrap_err();
        assert_eq!(refused, Unserved::Pushed("firmware".to_owned()));
    }

    #[tokio::test]
    async fn two_servers_do_not_mix_in_one_store() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let one = Config::new("http://user:secret@Prom:9090/").header("x-scope-orgid", "home");
        hold_to(&store, &one, false).await.unwrap();
        let same = Config::new("http://prom:9090").header("X-Scope-OrgID", "home");
        hold_to(&store, &same, false).await.unwrap();
        for other in [
            Config::new("http://prom:9090"),
            Config::new("http://staging:9090").header("X-Scope-OrgID", "home"),
        ] {
            let refused = hold_to(&store, &other, false).await.unwrap_err();
            let said = refused.to_string();
            assert!(
                said.contains("http://prom:9090 X-Scope-OrgID=home"),
                "{said}"
            );
            assert!(!said.contains("secret"), "{said}");
        }
        let moved = Config::new("http://staging:9090");
        hold_to(&store, &moved, true).await.unwrap();
        hold_to(&store, &moved, false).await.unwrap();
        assert!(hold_to(&store, &one, false).await.is_err());
    }
}
