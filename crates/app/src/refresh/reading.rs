//! Reads carried out: by server, newest first, a few at once.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinSet;
use tomoni_engine::Read;
use tomoni_ledger::{Minute, Span};
use tomoni_slo::LedgerKey;
use tomoni_sources::prometheus::{Config, Harvest, Prometheus, SourceError, Want};

use super::Failure;
use super::meter::Meter;
use super::plan::{Plan, ServerId};

/// How many reads of one server are under way at once. Each makes several requests, within the
/// server's own limit; two keep it busy while one is being counted.
const READS_AT_ONCE: usize = 2;

/// What came of a read, for one ledger.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) key: LedgerKey,
    pub(super) span: Span,
    pub(super) result: Result<Harvest, Failure>,
}

/// All servers, with what is still to be asked of them.
#[derive(Debug)]
pub(super) struct Readers<'a> {
    plan: &'a Plan,
    meter: Meter,
    servers: Vec<Server>,
    under_way: JoinSet<(ServerId, Vec<Answer>)>,
}

#[derive(Debug, Default)]
struct Server {
    /// Set up when it is first needed: that takes longer than an answer from a warm ledger.
    client: Option<Arc<Prometheus>>,
    queue: VecDeque<Batch>,
    under_way: usize,
    /// Why it cannot be used at all: the rest of the queue is not tried.
    broken: Option<SourceError>,
}

#[derive(Debug)]
struct Batch {
    wants: Vec<Want>,
    span: Span,
    /// The last settled minute.
    horizon: Minute,
    /// The read's number in the meter.
    number: usize,
}

impl<'a> Readers<'a> {
    pub(super) fn new(plan: &'a Plan, meter: Meter) -> Self {
        let servers = plan.servers().iter().map(|_| Server::default());
        Self {
            plan,
            meter,
            servers: servers.collect(),
            under_way: JoinSet::new(),
        }
    }

    /// Queues a read; it is split by server.
    pub(super) fn ask(&mut self, read: &Read) {
        let mut by_server: Vec<Vec<Want>> = self.servers.iter().map(|_| Vec::new()).collect();
        for key in &read.keys {
            if let Some((want, server)) = self.plan.want(key)
                && let Some(wants) = by_server.get_mut(server)
            {
                wants.push(want.clone());
            }
        }
        for (server, wants) in self.servers.iter_mut().zip(by_server) {
            if !wants.is_empty() {
                let minutes = wants.len() as u64 * read.span.len() as u64;
                server.queue.push_back(Batch {
                    wants,
                    span: read.span,
                    horizon: self.plan.horizon(),
                    number: self.meter.expect(minutes),
                });
            }
        }
    }

    /// The next read's answers, in whatever order they come; `None` when there is nothing left.
    pub(super) async fn next(&mut self) -> Option<Vec<Answer>> {
        if let Some(answers) = self.start() {
            return Some(answers);
        }
        let joined = self.under_way.join_next().await?;
        let (id, answers) = match joined {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only dropping the set aborts its tasks, and then nobody waits here.
                Err(_) => return None,
            },
        };
        if let Some(server) = self.servers.get_mut(id) {
            server.under_way -= 1;
            server.broken = server.broken.take().or_else(|| broken(&answers));
        }
        Some(answers)
    }

    /// Starts what can be started. Answers at once for what cannot be asked any more.
    fn start(&mut self) -> Option<Vec<Answer>> {
        for (id, server) in self.servers.iter_mut().enumerate() {
            while server.under_way < READS_AT_ONCE
                && let Some(batch) = server.queue.pop_front()
            {
                let config = self.plan.servers().get(id)?;
                match server.client(config) {
                    Ok(client) => {
                        server.under_way += 1;
                        let meter = self.meter.clone();
                        self.under_way.spawn(carry_out(id, client, batch, meter));
                    }
                    Err(error) => {
                        self.meter.ended(batch.number);
                        return Some(batch.failed(&error));
                    }
                }
            }
        }
        None
    }
}

impl Server {
    fn client(&mut self, config: &Config) -> Result<Arc<Prometheus>, SourceError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        if let Some(client) = &self.client {
            return Ok(Arc::clone(client));
        }
        match Prometheus::new(config.clone()) {
            Ok(client) => Ok(Arc::clone(self.client.insert(Arc::new(client)))),
            Err(error) => {
                self.broken = Some(error.clone());
                Err(error)
            }
        }
    }
}

impl Batch {
    fn failed(self, error: &SourceError) -> Vec<Answer> {
        let span = self.span;
        let failed = |want: Want| Answer {
            key: want.key,
            span,
            result: Err(Failure::Source(error.clone())),
        };
        self.wants.into_iter().map(failed).collect()
    }
}

async fn carry_out(
    id: ServerId,
    client: Arc<Prometheus>,
    batch: Batch,
    meter: Meter,
) -> (ServerId, Vec<Answer>) {
    let Batch {
        wants,
        span,
        horizon,
        number,
    } = batch;
    let told = |p: tomoni_sources::prometheus::Progress| meter.told(number, p.done, p.samples);
    let results = client.read_as_of(&wants, span, horizon, &told).await;
    meter.ended(number);
    let answers = wants.into_iter().zip(results).map(|(want, result)| Answer {
        key: want.key,
        span,
        result: result.map_err(Failure::from),
    });
    (id, answers.collect())
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
