package proxy

import (
	"tidelock/proxy/config"
	"tidelock/proxy/logformat"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// uniqueID compiles unique-id-format. It returns nil without one.
func (b *builder) uniqueID(section *config.Proxy) func([]byte, *stream.Stream) []byte {
	if section.UniqueIDFormat.Text == "" {
		return nil
	}
	phase := sample.PhaseOf(stream.HTTPRequest)
	format, err := logformat.Compile(b.compiler(section, phase, section.UniqueIDFormat.At, ""), section.UniqueIDFormat.Text, logformat.Line)
	if err != nil {
		b.diags.Alertf(section.UniqueIDFormat.At, "failed to parse unique-id : %s", sentence(err))
		return nil
	}
	return func(to []byte, s *stream.Stream) []byte {
		c := sample.Acquire(s, phase)
		defer c.Release()
		return format.Append(to, c)
	}
}
