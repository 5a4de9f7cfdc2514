package luabridge

import (
	"slices"
	"testing"
	"time"

	"tidelock/proxy/stream"
)

// BenchmarkService measures a short answer in turns: to a client that takes it at once, and to one that makes the script
// wait for each part of it.
func BenchmarkService(b *testing.B) {
	bridge, _ := newBridge(b, `
core.register_service("hello", "http", function(applet)
  applet:set_status(200)
  applet:add_header("content-length", "5")
  applet:add_header("content-type", "text/plain")
  applet:start_response()
  applet:send("hello")
end)`, nil)
	service, err := bridge.BindService(stream.ModeHTTP, "hello")
	if err != nil {
		b.Fatal(err)
	}
	clients := []*client{newClient(stream.ModeHTTP, ""), newClient(stream.ModeHTTP, "")}
	clients[0].room = 1 << 10
	took := make([][]time.Duration, len(clients))
	for b.Loop() {
		for i, c := range clients {
			c.gets.Reset()
			c.started = false
			c.stream.Response.Reset()
			start := time.Now()
			if err := service.Serve(c); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	for i, unit := range []string{"ns/at-once", "ns/waiting"} {
		slices.Sort(took[i])
		b.ReportMetric(float64(took[i][len(took[i])/2]), unit)
	}
}
