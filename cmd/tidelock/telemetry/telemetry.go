// Package telemetry sets OpenTelemetry up for the process: providers of traces, metrics and logs with exporters, from settings
// and from the standard OTEL_* variables. Nothing is set up unless one of them asks for it.
//
// No exporter is ever waited for by traffic: what cannot be sent waits in queues of bounded length, and is dropped when
// these are full. An exporter that fails says so once, and once more when it works again.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"tidelock/proxy/telemetry"
)

// Config is what settings say. The zero value of a field leaves it to the OTEL_* variables, and these to their defaults.
type Config struct {
	// Endpoint takes all three signals: a URL such as http://collector:4317.
	Endpoint string
	// Protocol is grpc or http/protobuf, the default.
	Protocol string
	// Headers go with what is sent to Endpoint.
	Headers map[string]string
	// SampleRatio is the share of traces that are sampled, of those that no caller has decided on, in (0, 1].
	SampleRatio float64
	// SlowExecution is how long a script may take before it is traced in any case. 0: DefaultSlowExecution; negative: for ever.
	SlowExecution time.Duration
	// Resource are attributes of the process.
	Resource map[string]string
	// Timeout bounds each export, and the flush when the process ends. 0: DefaultTimeout.
	Timeout time.Duration
	// Version is this program's.
	Version string
	// Errors receives what goes wrong; nil is slog's default.
	Errors *slog.Logger
}

// Defaults of Config.
const (
	DefaultSlowExecution = time.Second
	DefaultTimeout       = 5 * time.Second
)

// Providers is telemetry that was set up. The nil Providers is none.
type Providers struct {
	follower   atomic.Pointer[telemetry.Telemetry] // the readers of metrics ask for it while it is made
	recorder   *recorder
	traces     *sdktrace.TracerProvider // nil for none, as all of these
	metrics    *sdkmetric.MeterProvider
	logs       *sdklog.LoggerProvider
	propagator propagation.TextMapPropagator
	timeout    time.Duration
}

// Start sets up what is asked for, nil for nothing. Exporters connect later, when there is something to send.
func Start(ctx context.Context, c Config) (*Providers, error) {
	if c.SlowExecution == 0 {
		c.SlowExecution = DefaultSlowExecution
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Errors == nil {
		c.Errors = slog.Default()
	}
	wanted := c.wanted()
	if !wanted.any() {
		return nil, nil
	}
	if err := checkVariables(); err != nil {
		return nil, fmt.Errorf("telemetry: %w", err)
	}
	p := &Providers{timeout: c.Timeout}
	if err := p.start(ctx, c, wanted); err != nil {
		return nil, errors.Join(fmt.Errorf("telemetry: %w", err), p.Shutdown(ctx))
	}
	return p, nil
}

func (p *Providers) start(ctx context.Context, c Config, wanted signals) error {
	described, err := c.resource(ctx)
	if err != nil {
		return err
	}
	otel.SetErrorHandler(&health{log: c.Errors}) // of what no exporter reports
	follow := telemetry.Config{Slow: max(c.SlowExecution, 0)}
	if wanted.traces {
		if err := p.startTraces(ctx, c, described, &follow); err != nil {
			return err
		}
	}
	if wanted.metrics {
		reader, err := c.metricReader(ctx, p, &health{log: c.Errors, signal: "metrics"})
		if err != nil {
			return err
		}
		p.metrics = sdkmetric.NewMeterProvider(sdkmetric.WithResource(described), sdkmetric.WithReader(reader))
		follow.Meters = p.metrics
	}
	if wanted.logs {
		exporter, err := c.logExporter(ctx)
		if err != nil {
			return err
		}
		exporter = reportingLogs{exporter, &health{log: c.Errors, signal: "logs"}}
		p.logs = sdklog.NewLoggerProvider(sdklog.WithResource(described),
			sdklog.WithProcessor(sdklog.NewBatchProcessor(exporter, sdklog.WithExportTimeout(c.Timeout))))
	}
	follower, err := telemetry.New(follow)
	p.follower.Store(follower)
	return err
}

// startTraces sets traces up: spans of traffic by a recorder of ours, those that scripts open by the SDK. Both leave by the same
// client.
func (p *Providers) startTraces(ctx context.Context, c Config, described *resource.Resource, follow *telemetry.Config) error {
	sampler, err := c.sampler()
	if err != nil {
		return err
	}
	client, err := c.spanClient()
	if err != nil {
		return err
	}
	away := &health{log: c.Errors, signal: "traces"}
	var exporter sdktrace.SpanExporter
	if client != nil {
		exporter, err = otlptrace.New(ctx, client)
	} else {
		exporter, err = autoexport.NewSpanExporter(ctx)
	}
	if err != nil {
		return err
	}
	processor := sdktrace.NewBatchSpanProcessor(reportingSpans{exporter, away}, sdktrace.WithExportTimeout(c.Timeout))
	p.traces = sdktrace.NewTracerProvider(sdktrace.WithResource(described), sdktrace.WithSampler(sampler.sdk()),
		sdktrace.WithRawSpanLimits(spanLimits()), sdktrace.WithSpanProcessor(processor))
	if client != nil {
		p.recorder = newRecorder(client, described, batchLimitsOf(c.Timeout), spanLimits().AttributeValueLengthLimit, away)
		follow.Recorder = p.recorder
	} else {
		follow.Recorder = snapshots{processor, described}
	}
	if p.propagator, err = propagator(); err != nil {
		return err
	}
	follow.Tracers, follow.Sampling, follow.Propagator = p.traces, sampler.samples, p.propagator
	return nil
}

// Follower returns what follows exchanges and executions; nil: nothing does.
func (p *Providers) Follower() *telemetry.Telemetry {
	if p == nil || p.traces == nil && p.metrics == nil {
		return nil
	}
	return p.follower.Load()
}

// Propagator reads and writes the headers that carry traces; nil: there are no traces.
func (p *Providers) Propagator() propagation.TextMapPropagator {
	if p == nil {
		return nil
	}
	return p.propagator
}

// Meters returns the provider of metrics, nil for none.
func (p *Providers) Meters() metric.MeterProvider {
	if p == nil || p.metrics == nil {
		return nil
	}
	return p.metrics
}

// Handler takes records of the process's log from a level on, with the trace that their context has; nil: there are no logs.
func (p *Providers) Handler(least slog.Leveler) slog.Handler {
	if p == nil || p.logs == nil {
		return nil
	}
	return leveled{otelslog.NewHandler(telemetry.Scope, otelslog.WithLoggerProvider(p.logs)), least}
}

// leveled leaves out what is less severe than a level.
type leveled struct {
	slog.Handler
	least slog.Leveler
}

// Enabled implements slog.Handler.
func (l leveled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= l.least.Level() && l.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (l leveled) WithAttrs(attributes []slog.Attr) slog.Handler {
	return leveled{l.Handler.WithAttrs(attributes), l.least}
}

// WithGroup implements slog.Handler.
func (l leveled) WithGroup(name string) slog.Handler {
	return leveled{l.Handler.WithGroup(name), l.least}
}

// Shutdown sends what waits, as far as that succeeds in time, and ends the exporters.
func (p *Providers) Shutdown(ctx context.Context) error {
	if p == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	var errs []error
	if p.recorder != nil {
		// It comes before the client that both use is closed, and leaves time for the others: those that find none do not end.
		half, cancel := context.WithTimeout(ctx, p.timeout/2)
		errs = append(errs, p.recorder.shutdown(half))
		cancel()
	}
	if p.traces != nil {
		errs = append(errs, p.traces.Shutdown(ctx))
	}
	if p.metrics != nil {
		errs = append(errs, p.metrics.Shutdown(ctx))
	}
	if p.logs != nil {
		errs = append(errs, p.logs.Shutdown(ctx))
	}
	return errors.Join(errs...)
}
