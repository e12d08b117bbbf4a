//! One record, one line of JSON.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::writer::Writer;
use crate::clock::{Clock, to_milliseconds};

/// Takes a line, and whether it is of `warn` or above.
type Write = dyn Fn(&[u8], bool) + Send + Sync;

/// Where lines go, each with its line feed.
#[derive(Clone)]
pub(crate) struct Sink(Arc<Write>);

impl Sink {
    /// Calls `write` with each line.
    pub(crate) fn new(write: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |line, _| write(line)))
    }

    /// A thread of its own.
    pub(super) fn to(writer: Writer) -> Self {
        Self(Arc::new(move |line, is_urgent| writer.push(line, is_urgent)))
    }
}

/// Turns records into lines. Fields of the enclosing spans stand beside the record's own, under the same names.
pub(super) struct Lines {
    clock: Arc<dyn Clock>,
    sink: Sink,
}

impl Lines {
    pub(super) fn new(clock: Arc<dyn Clock>, sink: Sink) -> Self {
        Self { clock, sink }
    }
}

/// What has been recorded of a span or event.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields::default();
        for span in context
            .event_scope(event)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .iter()
            .rev()
        {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.0.extend(fields.0.clone());
            }
            line.0.insert("span".to_owned(), span.name().into());
        }
        event.record(&mut line);
        let metadata = event.metadata();
        let time = to_milliseconds(self.clock.now())
            .format(&Rfc3339)
            .unwrap_or_default();
        line.0.insert("time".to_owned(), time.into());
        line.0
            .insert("level".to_owned(), metadata.level().as_str().into());
        line.0.insert("target".to_owned(), metadata.target().into());
        let mut bytes = Value::Object(line.0).to_string().into_bytes();
        bytes.push(b'\n');
        (self.sink.0)(&bytes, *metadata.level() <= Level::WARN);
    }
}
