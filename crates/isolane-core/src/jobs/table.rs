//! [`Jobs`]: the jobs that have not ended, by id.

use std::collections::HashMap;
use std::sync::Arc;

use crossbeam::utils::CachePadded;

use crate::JobId;
use crate::jobs::job::Job;
use crate::sync::{Mutex, lock};

/// A power of two. Host and workers enter and remove jobs all the time; ids are usually
/// consecutive, so this many of them in a row meet no contention.
const SHARDS: usize = 16;

type Shard = Mutex<HashMap<JobId, Arc<Job>>>;

#[derive(Debug)]
pub(crate) struct Jobs {
    shards: Box<[CachePadded<Shard>]>,
}

impl Jobs {
    pub(crate) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| CachePadded::default()).collect(),
        }
    }

    pub(crate) fn insert(&self, job: &Arc<Job>) {
        lock(self.shard(job.id)).insert(job.id, Arc::clone(job));
    }

    pub(crate) fn get(&self, id: JobId) -> Option<Arc<Job>> {
        lock(self.shard(id)).get(&id).map(Arc::clone)
    }

    pub(crate) fn remove(&self, id: JobId) {
        lock(self.shard(id)).remove(&id);
    }

    /// Those in it at some moment, shard by shard.
    pub(crate) fn all(&self) -> Vec<Arc<Job>> {
        self.shards
            .iter()
            .flat_map(|shard| lock(shard).values().map(Arc::clone).collect::<Vec<_>>())
            .collect()
    }

    fn shard(&self, id: JobId) -> &Shard {
        &self.shards[id.0 as usize % SHARDS]
    }
}
