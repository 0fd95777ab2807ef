//! `TCP_NODELAY` for connections that sqlx opens.
//!
//! sqlx 0.9.0 leaves it unset (its issue 4335; mended by 4336, which is in no release yet) and gives
//! no way to the socket, so that a message that follows another waits for a delayed acknowledgement
//! of some 40 ms. The process finds its own connections and has the kernel duplicate their
//! descriptors (`SCM_RIGHTS`): options belong to the connection, not to the descriptor. This module
//! goes when sqlx sets the option (ADR 55).

use std::net::TcpStream;

/// Sets the option on this process's connections to a port. One that cannot be set is slower, and
/// works.
pub(crate) fn set_nodelay(port: u16) {
    for connection in connections_to(port) {
        if let Err(error) = connection.set_nodelay(true) {
            let error = kernel::chain(&error);
            tracing::debug!(error, "a connection to the database keeps its delay");
        }
    }
}

/// Duplicates of the connections that this process has to a port.
#[cfg(target_os = "linux")]
pub(crate) fn connections_to(port: u16) -> Vec<TcpStream> {
    let open = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
    let number = |entry: std::fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    open.flatten()
        .filter_map(number)
        .filter(|descriptor| linux::peer_port(*descriptor) == Some(port))
        .filter_map(|descriptor| linux::duplicate(descriptor).ok())
        .map(TcpStream::from)
        // Another thread may have closed it and got its number for something else meanwhile.
        .filter(|connection| connection.peer_addr().is_ok_and(|peer| peer.port() == port))
        .collect()
}

/// None: other systems have no list of a process's descriptors.
#[cfg(not(target_os = "linux"))]
pub(crate) fn connections_to(_: u16) -> Vec<TcpStream> {
    Vec::new()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::mem::MaybeUninit;
    use std::os::fd::{AsRawFd, OwnedFd, RawFd};
    use std::os::unix::net::UnixStream;

    use nix::sys::socket::{
        ControlMessage, MsgFlags, SockaddrIn, SockaddrStorage, getpeername, sendmsg,
    };
    use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

    /// The port at the other end, of a connection over TCP.
    pub(super) fn peer_port(descriptor: RawFd) -> Option<u16> {
        let peer: SockaddrStorage = getpeername(descriptor).ok()?;
        let version_4 = peer.as_sockaddr_in().map(SockaddrIn::port);
        version_4.or_else(|| Some(peer.as_sockaddr_in6()?.port()))
    }

    /// Another descriptor of what is open under this number.
    pub(super) fn duplicate(descriptor: RawFd) -> io::Result<OwnedFd> {
        let (from, to) = UnixStream::pair()?;
        let rights = [ControlMessage::ScmRights(&[descriptor])];
        let byte = [IoSlice::new(&[0])];
        sendmsg::<()>(from.as_raw_fd(), &byte, &rights, MsgFlags::empty(), None)?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut received = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        let mut byte = [IoSliceMut::new(&mut byte)];
        recvmsg(&to, &mut byte, &mut received, RecvFlags::CMSG_CLOEXEC)?;
        let mut messages = received.drain();
        let descriptor = messages.find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        descriptor.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn option_is_set_on_connections_to_the_port_and_on_no_other() {
        let listeners = ["127.0.0.1:0", "[::1]:0", "127.0.0.1:0"].map(TcpListener::bind);
        let listeners = listeners.map(Result::unwrap);
        let connections = listeners
            .each_ref()
            .map(|listener| TcpStream::connect(listener.local_addr().unwrap()).unwrap());
        let port = |nth: usize| listeners[nth].local_addr().unwrap().port();
        for nth in [0, 1] {
            assert_eq!(connections_to(port(nth)).len(), 1);
            set_nodelay(port(nth));
        }
        let set = connections.each_ref().map(|it| it.nodelay().unwrap());
        assert_eq!(set, [true, true, false]);
    }
}
