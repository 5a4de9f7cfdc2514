package telemetry

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// Protocols that a setting may name.
const (
	ProtocolGRPC = "grpc"
	ProtocolHTTP = "http/protobuf"
)

// signals says which of the three are wanted.
type signals struct{ traces, metrics, logs bool }

func (s signals) any() bool { return s.traces || s.metrics || s.logs }

// wanted finds out which signals have somewhere to go. OpenTelemetry's own default, an OTLP receiver on this machine, is not
// enough: nobody has asked for it.
func (c *Config) wanted() signals {
	if disabled() {
		return signals{}
	}
	return signals{c.wants("TRACES"), c.wants("METRICS"), c.wants("LOGS")}
}

func (c *Config) wants(signal string) bool {
	switch os.Getenv("OTEL_" + signal + "_EXPORTER") {
	case "none":
		return false
	case "":
		return c.Endpoint != "" || os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_"+signal+"_ENDPOINT") != ""
	}
	return true
}

// overHTTP reports whether the settings' endpoint speaks HTTP.
func (c *Config) overHTTP() (bool, error) {
	switch c.Protocol {
	case ProtocolGRPC:
		return false, nil
	case ProtocolHTTP, "":
		return true, nil
	}
	return false, fmt.Errorf("protocol: expected %s or %s, found '%s'", ProtocolGRPC, ProtocolHTTP, c.Protocol)
}

// base is the endpoint that the signals' paths are below, over HTTP.
func (c *Config) base() string { return strings.TrimSuffix(c.Endpoint, "/") }

// spanClient returns what uploads spans by OTLP, nil where OTEL_TRACES_EXPORTER names something else.
func (c *Config) spanClient() (otlptrace.Client, error) {
	if c.Endpoint == "" {
		switch os.Getenv("OTEL_TRACES_EXPORTER") {
		case "", "otlp":
		default:
			return nil, nil
		}
		switch protocol := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"), ProtocolHTTP); protocol {
		case ProtocolGRPC:
			return otlptracegrpc.NewClient(), nil
		case ProtocolHTTP:
			return otlptracehttp.NewClient(), nil
		default:
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: expected %s or %s, found '%s'", ProtocolGRPC, ProtocolHTTP, protocol)
		}
	}
	http, err := c.overHTTP()
	switch {
	case err != nil:
		return nil, err
	case http:
		return otlptracehttp.NewClient(otlptracehttp.WithEndpointURL(c.base()+"/v1/traces"), otlptracehttp.WithHeaders(c.Headers), otlptracehttp.WithTimeout(c.Timeout)), nil
	}
	return otlptracegrpc.NewClient(otlptracegrpc.WithEndpointURL(c.Endpoint), otlptracegrpc.WithHeaders(c.Headers), otlptracegrpc.WithTimeout(c.Timeout)), nil
}

// metricReader returns what reads the metrics and sends them, with the histograms of the follower.
func (c *Config) metricReader(ctx context.Context, p *Providers, h *health) (sdkmetric.Reader, error) {
	if os.Getenv("OTEL_METRICS_EXPORTER") == "prometheus" {
		return newPrometheusReader(ctx, p, h)
	}
	exporter, err := c.metricExporter(ctx)
	switch {
	case err != nil:
		return nil, err
	case exporter == nil:
		histograms := newDistributions(p, metricdata.CumulativeTemporality)
		autoexport.WithFallbackMetricProducer(func(context.Context) (sdkmetric.Producer, error) { return histograms, nil })
		return autoexport.NewMetricReader(ctx)
	}
	histograms := newDistributions(p, exporter.Temporality(sdkmetric.InstrumentKindHistogram))
	return sdkmetric.NewPeriodicReader(reportingMetrics{exporter, h}, sdkmetric.WithTimeout(c.Timeout), sdkmetric.WithProducer(histograms)), nil
}

// metricExporter returns what sends metrics by OTLP, nil where the variables name something else.
func (c *Config) metricExporter(ctx context.Context) (sdkmetric.Exporter, error) {
	name := os.Getenv("OTEL_METRICS_EXPORTER")
	if name != "" && name != "otlp" {
		return nil, nil
	}
	if c.Endpoint == "" || name != "" {
		switch protocol := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"), ProtocolHTTP); protocol {
		case ProtocolGRPC:
			return otlpmetricgrpc.New(ctx)
		case ProtocolHTTP:
			return otlpmetrichttp.New(ctx)
		default:
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: expected %s or %s, found '%s'", ProtocolGRPC, ProtocolHTTP, protocol)
		}
	}
	http, err := c.overHTTP()
	switch {
	case err != nil:
		return nil, err
	case http:
		return otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(c.base()+"/v1/metrics"), otlpmetrichttp.WithHeaders(c.Headers), otlpmetrichttp.WithTimeout(c.Timeout))
	}
	return otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithEndpointURL(c.Endpoint), otlpmetricgrpc.WithHeaders(c.Headers), otlpmetricgrpc.WithTimeout(c.Timeout))
}

func (c *Config) logExporter(ctx context.Context) (sdklog.Exporter, error) {
	if c.Endpoint == "" {
		return autoexport.NewLogExporter(ctx)
	}
	http, err := c.overHTTP()
	switch {
	case err != nil:
		return nil, err
	case http:
		return otlploghttp.New(ctx, otlploghttp.WithEndpointURL(c.base()+"/v1/logs"), otlploghttp.WithHeaders(c.Headers), otlploghttp.WithTimeout(c.Timeout))
	}
	return otlploggrpc.New(ctx, otlploggrpc.WithEndpointURL(c.Endpoint), otlploggrpc.WithHeaders(c.Headers), otlploggrpc.WithTimeout(c.Timeout))
}
