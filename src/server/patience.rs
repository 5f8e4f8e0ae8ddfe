//! How long a connection may go without progress. The server's own timer guards only the first head of a connection; a slow second head,
//! a body that never comes and a client that does not read are cut here.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd as _;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use actix_web::dev::Extensions;
use actix_web::rt;

/// A connection as its worker watches it; it lives as long as the connection.
#[derive(Debug)]
pub(super) struct Line {
    socket: TcpStream,
    progress: Cell<Instant>,
}

impl Line {
    /// Notes progress at `now`: a head has come, or a slice was taken.
    pub(super) fn touch(&self, now: Instant) {
        self.progress.set(now);
    }
}

thread_local! {
    static LINES: RefCell<Vec<Weak<Line>>> = const { RefCell::new(Vec::new()) };
    static WATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Watches a new connection of this worker.
pub(super) fn watch(connection: &dyn Any, data: &mut Extensions, patience: Duration) {
    let Some(stream) = connection.downcast_ref::<rt::net::TcpStream>() else {
        return;
    };
    // A second handle, to end the connection with while the server waits on the first. Without one the connection goes unwatched.
    let Ok(handle) = stream.as_fd().try_clone_to_owned() else {
        return;
    };
    let line = Rc::new(Line { socket: TcpStream::from(handle), progress: Cell::new(Instant::now()) });
    LINES.with_borrow_mut(|lines| lines.push(Rc::downgrade(&line)));
    data.insert(line);
    if !WATCHING.replace(true) {
        rt::spawn(sweep(patience));
    }
}

/// Once a second, for as long as the worker lives, ends what has been silent for too long and forgets what has ended.
async fn sweep(patience: Duration) {
    let mut ticks = rt::time::interval(Duration::from_secs(1));
    loop {
        ticks.tick().await;
        LINES.with_borrow_mut(|lines| {
            lines.retain(|line| {
                let Some(line) = line.upgrade() else { return false };
                if line.progress.get().elapsed() > patience {
                    // An error says that the connection has ended already.
                    let _ = line.socket.shutdown(Shutdown::Both);
                    return false;
                }
                true
            });
        });
    }
}
