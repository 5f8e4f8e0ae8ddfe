//! Threads for work that nobody waits for: they give way to those that answer. It does not know what they do.

use std::io;
use std::thread::{Builder, JoinHandle};

/// How much a thread gives way, from 0 to 19 (setpriority(2)).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Starts a thread with that name. Where processors are short, threads that answer requests go before it: on Linux, the system on which
/// niceness is a thread's own. Threads that it starts itself are like it.
///
/// # Errors
/// When the system gives no thread.
pub fn spawn<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<JoinHandle<T>> {
    Builder::new().name(name.to_owned()).spawn(|| {
        give_way();
        work()
    })
}

fn give_way() {
    #[cfg(target_os = "linux")]
    // A sandbox may forbid it: then all threads are alike, as they would be without.
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_the_thread_itself_gives_way() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let (own, inherited) =
            spawn("work", move || (niceness(), std::thread::spawn(niceness).join().unwrap())).unwrap().join().unwrap();
        assert_eq!((own, inherited, niceness()), (NICENESS, NICENESS, before));
    }
}
