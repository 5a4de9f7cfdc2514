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

// sampler decides when a trace begins.
type sampler struct {
	ratio       float64 // of the traces, from 0 to 1
	parentBased bool    // where a request belongs to a trace, that one's decision holds
	bound       uint64  // trace ids whose last 8 bytes, but for one bit, are below are sampled
}

// sampler returns the one that the setting asks for, or OTEL_TRACES_SAMPLER.
func (c *Config) sampler() (sampler, error) {
	if c.SampleRatio != 0 {
		if !(c.SampleRatio > 0 && c.SampleRatio <= 1) {
			return sampler{}, fmt.Errorf("sample ratio: expected a number above 0 and at most 1, found %v", c.SampleRatio)
		}
		return newSampler(c.SampleRatio, true), nil
	}
	ratio := 1.0
	if argument := os.Getenv("OTEL_TRACES_SAMPLER_ARG"); argument != "" {
		var err error
		if ratio, err = strconv.ParseFloat(argument, 64); err != nil || !(ratio >= 0 && ratio <= 1) {
			return sampler{}, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, found '%s'", argument)
		}
	}
	switch name := os.Getenv("OTEL_TRACES_SAMPLER"); name {
	case "always_on":
		return newSampler(1, false), nil
	case "always_off":
		return newSampler(0, false), nil
	case "traceidratio":
		return newSampler(ratio, false), nil
	case "parentbased_always_on", "":
		return newSampler(1, true), nil
	case "parentbased_always_off":
		return newSampler(0, true), nil
	case "parentbased_traceidratio":
		return newSampler(ratio, true), nil
	default:
		return sampler{}, fmt.Errorf("OTEL_TRACES_SAMPLER: unknown sampler '%s'", name)
	}
}

func newSampler(ratio float64, parentBased bool) sampler {
	return sampler{ratio, parentBased, uint64(ratio * (1 << 63))}
}

// samples decides as the SDK's samplers do, without a span to decide on.
func (s sampler) samples(parent trace.SpanContext, id trace.TraceID) bool {
	if s.parentBased && parent.IsValid() {
		return parent.IsSampled()
	}
	return s.ratio >= 1 || binary.BigEndian.Uint64(id[8:])>>1 < s.bound
}

// sdk returns the same sampler for spans that are not of exchanges.
func (s sampler) sdk() sdktrace.Sampler {
	if s.parentBased {
		return sdktrace.ParentBased(sdktrace.TraceIDRatioBased(s.ratio))
	}
	return sdktrace.TraceIDRatioBased(s.ratio)
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
