//! [`Stats`]: what the pool has done so far.

/// Figures over the life of a pool, or since they were [reset](crate::Pool::reset_stats).
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Jobs that ended well.
    pub completed: u64,
    /// Jobs that ended otherwise.
    pub failed: u64,
    /// Jobs that wait and have not started.
    pub queued: usize,
    /// Jobs that have started and not ended.
    pub running: usize,
    /// Time spent in calls, as a share of the workers' time; 0 to 1.
    pub utilization: f64,
    /// Time from the start of a job's first chunk to the end of its last.
    pub run: Summary,
    /// Time from the submission of a job to the start of its first chunk.
    pub wait: Summary,
}

/// A distribution of times in milliseconds; the keys are those of piscina's histograms. All 0 when
/// nothing has been recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "percentiles name themselves")]
pub struct Summary {
    /// Jobs recorded.
    pub count: u64,
    /// The same as `mean`, under the name that piscina's users know.
    pub average: f64,
    pub mean: f64,
    pub stddev: f64,
    pub min: f64,
    pub max: f64,
    pub p50: f64,
    pub p75: f64,
    pub p90: f64,
    pub p95: f64,
    pub p97_5: f64,
    pub p99: f64,
    pub p99_9: f64,
}
