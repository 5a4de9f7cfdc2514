package telemetry

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/telemetry"
)

// sampler returns the one that decides when a trace begins: by the setting, or as OTEL_TRACES_SAMPLER says.
func (c *Config) sampler() (sdktrace.Sampler, error) {
	if c.SampleRatio != 0 {
		if !(c.SampleRatio > 0 && c.SampleRatio <= 1) {
			return nil, fmt.Errorf("sample ratio: expected a number above 0 and at most 1, found %v", c.SampleRatio)
		}
		return sdktrace.ParentBased(sdktrace.TraceIDRatioBased(c.SampleRatio)), nil
	}
	ratio := 1.0
	if argument := os.Getenv("OTEL_TRACES_SAMPLER_ARG"); argument != "" {
		var err error
		if ratio, err = strconv.ParseFloat(argument, 64); err != nil || !(ratio >= 0 && ratio <= 1) {
			return nil, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, found '%s'", argument)
		}
	}
	switch name := os.Getenv("OTEL_TRACES_SAMPLER"); name {
	case "always_on":
		return sdktrace.AlwaysSample(), nil
	case "always_off":
		return sdktrace.NeverSample(), nil
	case "traceidratio":
		return sdktrace.TraceIDRatioBased(ratio), nil
	case "parentbased_always_on", "":
		return sdktrace.ParentBased(sdktrace.AlwaysSample()), nil
	case "parentbased_always_off":
		return sdktrace.ParentBased(sdktrace.NeverSample()), nil
	case "parentbased_traceidratio":
		return sdktrace.ParentBased(sdktrace.TraceIDRatioBased(ratio)), nil
	default:
		return nil, fmt.Errorf("OTEL_TRACES_SAMPLER: unknown sampler '%s'", name)
	}
}

// keeping samples what turned out to be worth it (the tail rule), and leaves all else to another sampler.
type keeping struct{ sdktrace.Sampler }

// ShouldSample implements sdktrace.Sampler.
func (k keeping) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if _, kept := telemetry.Kept(p.ParentContext); kept {
		return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample, Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState()}
	}
	return k.Sampler.ShouldSample(p)
}

// Description implements sdktrace.Sampler.
func (k keeping) Description() string { return "Keeping{" + k.Sampler.Description() + "}" }

// identifiers gives kept spans the identifiers that they had before, and all others random ones.
type identifiers struct{}

// NewIDs implements sdktrace.IDGenerator.
func (identifiers) NewIDs(ctx context.Context) (id trace.TraceID, span trace.SpanID) {
	if known, _ := telemetry.Kept(ctx); known.IsValid() {
		return known.TraceID(), known.SpanID()
	}
	for !id.IsValid() {
		binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
		binary.NativeEndian.PutUint64(id[8:], rand.Uint64())
	}
	return id, newSpanID()
}

// NewSpanID implements sdktrace.IDGenerator.
func (identifiers) NewSpanID(ctx context.Context, id trace.TraceID) trace.SpanID {
	if known, _ := telemetry.Kept(ctx); known.IsValid() && known.TraceID() == id {
		return known.SpanID()
	}
	return newSpanID()
}

func newSpanID() (span trace.SpanID) {
	for !span.IsValid() {
		binary.NativeEndian.PutUint64(span[:], rand.Uint64())
	}
	return span
}

// maxAttribute bounds what clients can make telemetry carry, in bytes of one attribute.
const maxAttribute = 4096

// spanLimits are the environment's, and bounded where that leaves them open.
func spanLimits() sdktrace.SpanLimits {
	limits := sdktrace.NewSpanLimits()
	if limits.AttributeValueLengthLimit < 0 {
		limits.AttributeValueLengthLimit = maxAttribute
	}
	return limits
}
