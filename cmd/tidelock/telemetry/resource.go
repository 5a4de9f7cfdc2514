package telemetry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/contrib/propagators/autoprop"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// resource describes the process: its own attributes, then the settings', then OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME.
func (c *Config) resource(ctx context.Context) (*resource.Resource, error) {
	own := []attribute.KeyValue{semconv.ServiceName("tidelock"), semconv.ServiceVersion(c.Version)}
	for key, value := range c.Resource {
		own = append(own, attribute.String(key, value))
	}
	described, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithHost(), resource.WithProcessPID(),
		resource.WithAttributes(own...), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("resource: %w", err)
	}
	return described, nil
}

// propagator reads and writes the headers that OTEL_PROPAGATORS names: W3C's unless told otherwise.
func propagator() (propagation.TextMapPropagator, error) {
	names := cmp.Or(os.Getenv("OTEL_PROPAGATORS"), "tracecontext,baggage")
	return autoprop.TextMapPropagator(strings.Split(names, ",")...)
}
