package telemetry

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
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
