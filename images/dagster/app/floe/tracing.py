"""A span for each job, sent over OTLP to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names; without it none is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


@contextmanager
def span(name: str, attributes: dict[str, str]) -> Iterator[None]:
    """Traces what is done within it, and has sent it when it ends."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        yield
        return
    provider = TracerProvider(resource=Resource.create())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        with provider.get_tracer("floe").start_as_current_span(name, attributes=attributes):
            yield
    finally:
        provider.shutdown()
