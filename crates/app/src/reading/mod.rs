//! Reads carried out: by server, newest first, a few at once.

mod meter;
mod queue;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::task::{Id, JoinError, JoinSet};
use tomoni_ledger::{Minute, Span};
use tomoni_slo::LedgerKey;
use tomoni_sources::prometheus::{Config, Harvest, Prometheus, SourceError, Want};

use crate::failure::Failure;
use crate::source::Source;
pub(crate) use meter::Meter;
pub use meter::{OnProgress, Progress};
use queue::{Batch, Queue};

/// How many reads of one server are under way at once. Each makes several requests, within the
/// server's own limit; two keep it busy while one is being counted.
pub(crate) const READS_AT_ONCE: usize = 2;
/// How many ledger minutes one read brings at most: an answer of 32 MB.
const BATCH_MINUTES_MAX: i64 = 1_000_000;

/// Which server.
pub(crate) type ServerId = usize;

/// What came of a read, for one ledger.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) server: ServerId,
    /// The read's number: later reads have higher ones.
    pub(crate) number: u64,
    pub(crate) key: LedgerKey,
    pub(crate) span: Span,
    pub(crate) result: Result<Harvest, Failure>,
}

/// All servers, with what is still to be asked of them.
#[derive(Debug)]
pub(crate) struct Readers {
    meter: Meter,
    /// How many of a server's reads may be of times long past.
    old_at_once: usize,
    servers: Vec<Server>,
    begun: u64,
    under_way: JoinSet<(Batch, Vec<Answer>)>,
    /// What tasks were to bring, in case they die.
    tasks: HashMap<Id, (ServerId, Batch)>,
    /// Answers that need nobody to be asked.
    ready: VecDeque<Vec<Answer>>,
}

#[derive(Debug)]
struct Server {
    origin: Origin,
    queue: Queue,
    under_way: usize,
    old_under_way: usize,
    /// Why it cannot be used at all: the rest of the queue is not tried.
    broken: Option<SourceError>,
}

#[derive(Debug)]
enum Origin {
    /// Set up when it is first needed: that takes longer than an answer from a warm ledger.
    Config(Box<Config>, Option<Arc<dyn Source>>),
    Source(Arc<dyn Source>),
}

impl Readers {
    pub(crate) fn new(meter: Meter, old_at_once: usize) -> Self {
        Self {
            meter,
            old_at_once,
            servers: Vec::new(),
            begun: 0,
            under_way: JoinSet::new(),
            tasks: HashMap::new(),
            ready: VecDeque::new(),
        }
    }

    /// The server of this configuration, the same for the same.
    pub(crate) fn server(&mut self, config: Config) -> ServerId {
        let is_same = |server: &Server| match &server.origin {
            Origin::Config(c, _) => {
                (&c.url, &c.headers, &c.auth) == (&config.url, &config.headers, &config.auth)
            }
            Origin::Source(_) => false,
        };
        let known = self.servers.iter().position(is_same);
        known.unwrap_or_else(|| self.add(Origin::Config(Box::new(config), None)))
    }

    /// The server that is this source.
    pub(crate) fn source(&mut self, source: &Arc<dyn Source>) -> ServerId {
        let is_same = |server: &Server| match &server.origin {
            Origin::Config(..) => false,
            Origin::Source(known) => Arc::ptr_eq(known, source),
        };
        let known = self.servers.iter().position(is_same);
        known.unwrap_or_else(|| self.add(Origin::Source(Arc::clone(source))))
    }

    fn add(&mut self, origin: Origin) -> ServerId {
        self.servers.push(Server {
            origin,
            queue: Queue::default(),
            under_way: 0,
            old_under_way: 0,
            broken: None,
        });
        self.servers.len() - 1
    }

    /// What people call the server.
    pub(crate) fn name(&self, id: ServerId) -> String {
        match self.servers.get(id).map(|server| &server.origin) {
            Some(Origin::Config(config, _)) => shown(&config.url),
            Some(Origin::Source(source)) => source.name().to_owned(),
            None => String::new(),
        }
    }

    /// The server itself, to ask it something else than minutes.
    pub(crate) fn source_of(&mut self, id: ServerId) -> Result<Arc<dyn Source>, SourceError> {
        match self.servers.get_mut(id) {
            Some(server) => server.ready(),
            // Nobody has an id that was not given.
            None => Err(SourceError::Setup {
                url: String::new(),
                reason: "it is not known".to_owned(),
            }),
        }
    }

    /// Queues a read; a large one in parts.
    pub(crate) fn ask(&mut self, id: ServerId, wants: &[Arc<Want>], span: Span, horizon: Minute) {
        let Some(server) = self.servers.get_mut(id) else {
            return;
        };
        let ledgers_max = (BATCH_MINUTES_MAX / span.len().max(1)).max(1) as usize;
        for wants in wants.chunks(ledgers_max) {
            self.begun += 1;
            let minutes = wants.len() as u64 * span.len() as u64;
            server.queue.push(Batch {
                wants: wants.to_vec(),
                span,
                horizon,
                number: self.begun,
                meter: self.meter.expect(minutes),
            });
        }
    }

    /// The number of the last read that was asked for.
    pub(crate) const fn begun(&self) -> u64 {
        self.begun
    }

    /// The next read's answers, in whatever order they come; `None` when there is nothing left.
    pub(crate) async fn next(&mut self) -> Option<Vec<Answer>> {
        self.start();
        if let Some(answers) = self.ready.pop_front() {
            return Some(answers);
        }
        let joined = self.under_way.join_next_with_id().await?;
        self.done(joined)
    }

    /// The next read's answers, if some are there.
    pub(crate) fn try_next(&mut self) -> Option<Vec<Answer>> {
        self.start();
        if let Some(answers) = self.ready.pop_front() {
            return Some(answers);
        }
        let joined = self.under_way.try_join_next_with_id()?;
        self.done(joined)
    }

    /// How many reads are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Whether reads of the present are under way or wait for their turn.
    pub(crate) fn is_asking(&self) -> bool {
        let is_asking = |s: &Server| s.under_way > s.old_under_way || s.queue.has_fresh();
        self.servers.iter().any(is_asking)
    }

    /// Why the server cannot be used at all.
    pub(crate) fn broken(&self, id: ServerId) -> Option<&SourceError> {
        self.servers.get(id)?.broken.as_ref()
    }

    /// Tries the server again from here on.
    pub(crate) fn mend(&mut self, id: ServerId) {
        if let Some(server) = self.servers.get_mut(id) {
            server.broken = None;
        }
    }

    /// Starts what can be started. What cannot be asked any more is answered at once.
    pub(crate) fn start(&mut self) {
        for (id, server) in self.servers.iter_mut().enumerate() {
            while server.under_way < READS_AT_ONCE {
                let may_be_old = server.old_under_way < self.old_at_once;
                let Some(batch) = server.queue.pop(may_be_old) else {
                    break;
                };
                match server.ready() {
                    Ok(source) => {
                        server.under_way += 1;
                        server.old_under_way += usize::from(batch.is_old());
                        let meter = self.meter.clone();
                        let kept = batch.clone();
                        let task = self.under_way.spawn(carry_out(id, source, batch, meter));
                        self.tasks.insert(task.id(), (id, kept));
                    }
                    Err(error) => {
                        self.meter.ended(batch.meter);
                        self.ready.push_back(batch.failed(id, &error.into()));
                    }
                }
            }
        }
    }

    fn done(
        &mut self,
        joined: Result<(Id, (Batch, Vec<Answer>)), JoinError>,
    ) -> Option<Vec<Answer>> {
        let task = joined.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let (id, batch) = self.tasks.remove(&task)?;
        let is_old = batch.is_old();
        let answers = match joined {
            Ok((_, (_, answers))) => answers,
            // Only dropping the set aborts its tasks, and then nobody waits here.
            Err(error) if error.is_cancelled() => return None,
            Err(_) => batch.failed(id, &Failure::Defect),
        };
        if let Some(server) = self.servers.get_mut(id) {
            server.under_way -= 1;
            server.old_under_way -= usize::from(is_old);
            server.broken = server.broken.take().or_else(|| broken(&answers));
        }
        Some(answers)
    }
}

impl Server {
    fn ready(&mut self) -> Result<Arc<dyn Source>, SourceError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        match &mut self.origin {
            Origin::Source(source) => Ok(Arc::clone(source)),
            Origin::Config(_, Some(source)) => Ok(Arc::clone(source)),
            Origin::Config(config, none) => match Prometheus::new((**config).clone()) {
                Ok(client) => Ok(Arc::clone(none.insert(Arc::new(client)))),
                Err(error) => {
                    self.broken = Some(error.clone());
                    Err(error)
                }
            },
        }
    }
}

async fn carry_out(
    id: ServerId,
    source: Arc<dyn Source>,
    batch: Batch,
    meter: Meter,
) -> (Batch, Vec<Answer>) {
    let told = |p: tomoni_sources::prometheus::Progress| meter.told(batch.meter, p.done, p.samples);
    let wants: Vec<Want> = batch.wants.iter().map(|want| (**want).clone()).collect();
    let read = source.read(&wants, batch.span, batch.horizon, &told);
    let results = read.await;
    meter.ended(batch.meter);
    let answer = |(want, result): (Want, Result<Harvest, SourceError>)| Answer {
        server: id,
        number: batch.number,
        key: want.key,
        span: batch.span,
        result: result.map_err(Failure::from),
    };
    let answers = wants.into_iter().zip(results).map(answer).collect();
    (batch, answers)
}

/// Why the server cannot be used at all, when that is what all the answers say.
fn broken(answers: &[Answer]) -> Option<SourceError> {
    let about_server = |answer: &Answer| match &answer.result {
        Err(Failure::Source(error)) if error.is_about_the_server() => Some(error.clone()),
        _ => None,
    };
    let errors: Option<Vec<SourceError>> = answers.iter().map(about_server).collect();
    errors?.into_iter().next()
}

/// An address without what stands before its host's `@`.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_secrets() {
        for (url, text) in [
            ("http://u:p@h:9090/a@b", "http://h:9090/a@b"),
            ("http://h:9090", "http://h:9090"),
            ("h:9090", "h:9090"),
        ] {
            assert_eq!(shown(url), text);
        }
    }
}
