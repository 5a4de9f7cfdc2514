package proxy

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/config"
	"tidelock/proxy/log"
	"tidelock/proxy/server"
)

// reporter returns what tells of a backend's servers: in its logs, by mail and, as HAProxy does,
// on the standard error.
func (b *builder) reporter(section *config.Proxy) func(server.Event) {
	logger := b.sectionLogger(section)
	console := b.options.Console
	alert := b.alerts(section)
	return func(e server.Event) {
		if logger.Enabled(e.Level) {
			logger.Log(e.Level, []byte(e.Text))
		}
		if record := b.options.Record; record != nil {
			record(trace.ContextWithSpanContext(context.Background(), e.Span), e.Level, e.Text)
		}
		if alert != nil {
			alert(e)
		}
		if e.Level == log.Emergency {
			fmt.Fprintf(console, "[ALERT]    (%d) : %s\n", os.Getpid(), e.Console)
			return
		}
		warn(console, e.Console)
	}
}
