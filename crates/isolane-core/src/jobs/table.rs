//! [`Table`]: the jobs that have not ended, by id.

use std::collections::HashMap;
use std::sync::Arc;

use crossbeam::utils::CachePadded;

use super::Job;
use crate::JobId;
use crate::sync::{Mutex, lock};

/// A power of two. Host and workers insert and remove jobs all the time; ids are usually
/// consecutive, so this many of them in a row meet no contention.
const SHARDS: usize = 16;

type Shard = Mutex<HashMap<JobId, Arc<Job>>>;

#[derive(Debug)]
pub(super) struct Table {
    /// Written by whoever submits or ends a job, read by the host.
    shards: Box<[CachePadded<Shard>]>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| CachePadded::default()).collect(),
        }
    }

    pub(super) fn insert(&self, job: &Arc<Job>) {
        lock(self.shard(job.spec.id)).insert(job.spec.id, Arc::clone(job));
    }

    pub(super) fn get(&self, id: JobId) -> Option<Arc<Job>> {
        lock(self.shard(id)).get(&id).map(Arc::clone)
    }

    pub(super) fn remove(&self, id: JobId) {
        lock(self.shard(id)).remove(&id);
    }

    /// Those in it at some moment, shard by shard.
    pub(super) fn all(&self) -> Vec<Arc<Job>> {
        self.shards
            .iter()
            .flat_map(|shard| lock(shard).values().map(Arc::clone).collect::<Vec<_>>())
            .collect()
    }

    fn shard(&self, id: JobId) -> &Shard {
        &self.shards[id.0 as usize % SHARDS]
    }
}
