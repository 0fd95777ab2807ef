//! Starts the servers that tests share and prints how tests find them; they run until the
//! standard input ends or this program does, however it ends. Paste the lines it prints into the
//! terminal where tests are run again and again, and each run starts faster.

use std::io;

use testkit::{ServerError, servers};

fn main() -> Result<(), ServerError> {
    let run = servers::start_all()?;
    for line in run.description() {
        println!("# {line}");
    }
    for (name, url) in run.environment() {
        println!("export {name}={url}");
    }
    let mut input = io::stdin().lines();
    while matches!(input.next(), Some(Ok(_))) {}
    Ok(())
}
