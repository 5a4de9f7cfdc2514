package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

const (
	keyCheckStatus = attribute.Key("tidelock.check.status") // as HAProxy's statistics have it
	keyCheckInfo   = attribute.Key("tidelock.check.info")
)

// Check is what came of checking a server, or asking its agent.
type Check struct {
	Agent           bool
	Backend, Server string
	Host            string // an IP address, or a path of a socket
	Port            int    // 0 for a path
	Started         time.Time
	Took            time.Duration
	Status          string // as HAProxy's statistics have it: L7OK
	Passed          bool
	HTTPStatus      int    // 0: it was not HTTP, or there was no response
	Info            string // what the server had to say of it
	// News says that the server is thought of otherwise so far: that it passes while it is down.
	News bool
}

// Checked records the span of a check, a trace of its own, and returns its identity. One that fails or has news is recorded
// whatever sampling says. The identity is not valid where there is no span.
func (t *Telemetry) Checked(c *Check) trace.SpanContext {
	if t.recorder == nil {
		return trace.SpanContext{}
	}
	position := t.begin(trace.SpanContext{})
	if !position.IsRecording() && c.Passed && !c.News {
		return trace.SpanContext{}
	}
	span := newSpan()
	span.Context = position.context.WithTraceFlags(trace.FlagsSampled)
	span.Name, span.Kind, span.Started, span.Ended = "health check", trace.SpanKindClient, c.Started, c.Started.Add(c.Took)
	if c.Agent {
		span.Name = "agent check"
	}
	span.Attributes = append(span.Attributes, keyBackend.String(c.Backend), keyServer.String(c.Server), semconv.ServerAddress(c.Host), keyCheckStatus.String(c.Status))
	if c.Port > 0 {
		span.Attributes = append(span.Attributes, semconv.ServerPort(c.Port))
	}
	if c.HTTPStatus > 0 {
		span.Attributes = append(span.Attributes, semconv.HTTPResponseStatusCode(c.HTTPStatus))
	}
	info := text([]byte(c.Info))
	if info != "" {
		span.Attributes = append(span.Attributes, keyCheckInfo.String(info))
	}
	if !c.Passed {
		span.fail(c.Status, info)
	}
	identity := span.Context
	t.record(span)
	return identity
}
