//! A collector of traces for tests: OTLP over http/protobuf, decoded.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Number of looks for spans, and the interval between them: a minute in all.
const TRIES: u32 = 6_000;
const PAUSE: Duration = Duration::from_millis(10);

/// Reaction of a collector to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CollectorMode {
    /// It takes the spans.
    #[default]
    Takes,
    /// It reads the request and never answers.
    Hangs,
    /// It answers 200 with an endless body of nonsense.
    Nonsense,
}

/// A span as it arrived. Ids are in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedSpan {
    /// Name of the span.
    pub name: String,
    /// Id of its trace.
    pub trace_id: String,
    /// Id of the span.
    pub span_id: String,
    /// Id of its parent; none of a root.
    pub parent_id: Option<String>,
    /// Spans that it is linked to: trace and span.
    pub links: Vec<(String, String)>,
    /// Its attributes as text.
    pub attributes: BTreeMap<String, String>,
    /// Attributes of the process that sent it, as text.
    pub process: BTreeMap<String, String>,
    /// Whether its status is an error.
    pub is_error: bool,
}

/// A collector that listens on a port of its own; it ends when dropped.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _tasks: JoinSet<()>,
}

#[derive(Debug, Default)]
struct State {
    mode: CollectorMode,
    spans: Vec<CollectedSpan>,
    heads: Vec<String>,
    bodies: Vec<u8>,
}

impl Collector {
    /// Starts a collector within a runtime.
    ///
    /// # Errors
    ///
    /// When it cannot listen.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::clone(&state)));
        Ok(Self {
            address,
            state,
            _tasks: tasks,
        })
    }

    /// Its address, without the path of traces.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Does this with requests from now on.
    pub fn set_mode(&self, mode: CollectorMode) {
        self.state().mode = mode;
    }

    /// Every span so far.
    pub fn spans(&self) -> Vec<CollectedSpan> {
        self.state().spans.clone()
    }

    /// The heads of the requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.state().heads.clone()
    }

    /// The bodies of the requests so far, one after the other.
    pub fn bodies(&self) -> Vec<u8> {
        self.state().bodies.clone()
    }

    /// Waits until a span is there for which this holds.
    ///
    /// # Panics
    ///
    /// When none is within a minute.
    pub async fn span(&self, is_it: impl Fn(&CollectedSpan) -> bool) -> CollectedSpan {
        for _ in 0..TRIES {
            if let Some(span) = self.spans().into_iter().find(&is_it) {
                return span;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("it is not among {:#?}", self.spans());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(answer_all(stream, Arc::clone(&state)));
    }
}

/// Answers the requests of a connection until it ends.
async fn answer_all(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    while let Ok((head, body)) = read(&mut stream).await {
        let mode = {
            let mut state = state.lock().expect("no holder of this lock panics");
            state.heads.push(head);
            state.bodies.extend_from_slice(&body);
            if state.mode == CollectorMode::Takes {
                state.spans.extend(decode(&body));
            }
            state.mode
        };
        let answered = match mode {
            CollectorMode::Takes => {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\
                               content-length: 0\r\n\r\n";
                stream.write_all(answer).await
            }
            CollectorMode::Hangs => std::future::pending().await,
            CollectorMode::Nonsense => {
                let head = b"HTTP/1.1 200 OK\r\n\r\n";
                let mut written = stream.write_all(head).await;
                while written.is_ok() {
                    written = stream.write_all(&[b'x'; 8 * 1024]).await;
                }
                written
            }
        };
        if answered.is_err() {
            return;
        }
    }
}

/// The next request: its head as text, and its body.
async fn read(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok()).flatten()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok((head, body))
}

fn decode(body: &[u8]) -> Vec<CollectedSpan> {
    let request = ExportTraceServiceRequest::decode(body).expect("it is OTLP");
    let mut all = Vec::new();
    for resource in request.resource_spans {
        let process = resource.resource.map(|resource| resource.attributes);
        let process = texts(process.unwrap_or_default());
        let spans = resource.scope_spans.into_iter().flat_map(|it| it.spans);
        all.extend(spans.map(|span| collected(span, process.clone())));
    }
    all
}

fn collected(span: Span, process: BTreeMap<String, String>) -> CollectedSpan {
    let links = span.links.iter();
    CollectedSpan {
        links: links
            .map(|it| (hex(&it.trace_id), hex(&it.span_id)))
            .collect(),
        name: span.name,
        trace_id: hex(&span.trace_id),
        span_id: hex(&span.span_id),
        parent_id: Some(hex(&span.parent_span_id)).filter(|id| !id.is_empty()),
        attributes: texts(span.attributes),
        process,
        // `STATUS_CODE_ERROR` of the protocol.
        is_error: span.status.is_some_and(|status| status.code == 2),
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Option<AnyValue>| match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(value)) => value.to_string(),
        other => format!("{other:?}"),
    };
    let pairs = attributes.into_iter().map(|it| (it.key, text(it.value)));
    pairs.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a string takes every write");
        digits
    })
}
