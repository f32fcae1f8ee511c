//! Status and statistics as the host reads them: JSON, since they are asked for rarely and have
//! many fields. `npm/isolane/src/pool/stats.ts` has the same shapes.

use isolane_core::{Cut, JobId, Outstanding, Stats, Summary, WorkerStatus};
use serde::Serialize;

use crate::wire::events::job_number;

/// Workers, and the jobs that have not ended.
#[derive(Serialize)]
pub(crate) struct StatusReport {
    workers: Vec<WorkerReport>,
    running: Vec<u32>,
    queued: Vec<u32>,
}

impl StatusReport {
    pub(crate) fn new(workers: Vec<WorkerStatus>, jobs: Outstanding) -> Self {
        let numbers = |jobs: Vec<JobId>| jobs.into_iter().map(job_number).collect();
        Self {
            workers: workers.into_iter().map(WorkerReport::from).collect(),
            running: numbers(jobs.running),
            queued: numbers(jobs.queued),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkerReport {
    id: u32,
    state: &'static str,
    function: Option<String>,
    job: Option<u32>,
    items_done: u64,
    heap_used: u64,
    age_ms: f64,
}

impl From<WorkerStatus> for WorkerReport {
    fn from(status: WorkerStatus) -> Self {
        Self {
            id: status.id,
            state: status.state.as_str(),
            function: status.function,
            job: status.job.map(job_number),
            items_done: status.items_done,
            heap_used: status.heap_used,
            age_ms: status.age.as_secs_f64() * 1e3,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatsReport {
    completed: u64,
    failed: u64,
    queued: usize,
    running: usize,
    #[serde(with = "CutReport")]
    truncated: Cut,
    utilization: f64,
    #[serde(with = "SummaryReport")]
    run: Summary,
    #[serde(with = "SummaryReport")]
    wait: Summary,
}

impl From<Stats> for StatsReport {
    fn from(stats: Stats) -> Self {
        Self {
            completed: stats.completed,
            failed: stats.failed,
            queued: stats.queued,
            running: stats.running,
            truncated: stats.cut,
            utilization: stats.utilization,
            run: stats.run,
            wait: stats.wait,
        }
    }
}

/// What caps have cut off.
#[derive(Serialize)]
#[serde(remote = "Cut")]
struct CutReport {
    logs: u64,
    errors: u64,
    results: u64,
}

/// Percentiles in milliseconds, under piscina's names.
#[derive(Serialize)]
#[serde(remote = "Summary")]
struct SummaryReport {
    count: u64,
    average: f64,
    mean: f64,
    stddev: f64,
    min: f64,
    max: f64,
    p50: f64,
    p75: f64,
    p90: f64,
    p95: f64,
    p97_5: f64,
    p99: f64,
    p99_9: f64,
}
