use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::program::Program;

/// A [`Program`] that is made when a worker first needs it, on that worker's thread.
pub struct Deferred {
    make: Maker,
    /// Filled once, by whichever worker comes first; the others wait.
    made: Mutex<Option<Arc<Program>>>,
    about: Arc<dyn Any + Send + Sync>,
}

/// Gives a program, or as JSON why there is none ([`LINK_FAULT`](crate::protocol::LINK_FAULT)).
pub type Maker = Box<dyn Fn() -> Result<Program, String> + Send + Sync>;

impl Deferred {
    /// What `make` will give. `about` is for whoever has made it.
    pub fn new(about: Arc<dyn Any + Send + Sync>, make: Maker) -> Self {
        Self {
            make,
            made: Mutex::default(),
            about,
        }
    }

    /// The program; made again where it could not be made.
    ///
    /// # Errors
    ///
    /// As JSON, why it cannot be made.
    pub fn program(&self) -> Result<Arc<Program>, String> {
        // Poisoning is passed over: what is in here is there whole, or not at all.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = &*made {
            return Ok(Arc::clone(program));
        }
        let program = Arc::new((self.make)()?);
        *made = Some(Arc::clone(&program));
        Ok(program)
    }

    /// What it was made with, where that is of this type.
    pub fn about<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.about).downcast().ok()
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deferred")
    }
}
