//! Pages of freed memory, for the system.
//!
//! glibc keeps what is freed for the threads that share an arena, and gives back only what lies at an
//! arena's end. Each worker's thread finds an arena, not always the same, so what a call that took all
//! it could get had freed stayed resident, in one arena after another.

/// Gives the whole pages of a block to the system. They read as zero when they are next touched.
///
/// # Safety
///
/// `start` and `length` are a block of the allocator's that the caller owns and is about to free,
/// and whose contents nobody reads again.
pub(crate) unsafe fn give_back(start: *mut u8, length: usize) {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{Advice, madvise};

        let page = rustix::param::page_size();
        let before = start.addr().next_multiple_of(page) - start.addr();
        let whole = length.saturating_sub(before) / page * page;
        if whole > 0 {
            // SAFETY: the range is within the block, of which nobody reads anything any more. What
            // the allocator notes of a block is around it, and in it only once it is freed.
            // Where the system refuses, as for locked memory, the pages stay: that is all.
            let _ = unsafe { madvise(start.add(before).cast(), whole, Advice::LinuxDontNeed) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, length);
}

/// Gives what the allocator keeps of freed memory to the system, in all of its arenas. For rare use: it
/// looks through all that is free.
pub(crate) fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::ffi::c_int;

        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> c_int;
        }
        // SAFETY: it may be called at any time, on any thread.
        let _ = unsafe { malloc_trim(0) };
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_whole_pages_go() {
        let page = rustix::param::page_size();
        for offset in [0, 1, page - 1] {
            let mut bytes = vec![1_u8; 4 * page];
            let start = bytes.as_ptr().addr().next_multiple_of(page) - bytes.as_ptr().addr();
            let block = &mut bytes[start..start + 3 * page][offset..3 * page - 1];
            // SAFETY: the bytes are the vector's, and any value of theirs will do.
            unsafe { give_back(block.as_mut_ptr(), block.len()) };
            let zeros = bytes.iter().filter(|&&byte| byte == 0).count();
            // The last page is not whole, nor is the first where the block begins inside it.
            assert_eq!(zeros, if offset == 0 { 2 * page } else { page });
        }
    }

    #[test]
    fn blocks_without_a_whole_page_stay() {
        let mut bytes = vec![1_u8; 100];
        // SAFETY: as above.
        unsafe { give_back(bytes.as_mut_ptr(), bytes.len()) };
        assert!(bytes.iter().all(|&byte| byte == 1));
    }
}
