package luabridge

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tidelock/guest/lua54"
	"tidelock/host"
	"tidelock/sdk/api"
)

// inCore says where classes are whose functions belong to no object.
var inCore = map[string]string{"Shared": "core.shared", "Tracer": "core.tracer", "Meter": "core.meter"}

// TestAPI holds the sandbox to the table: whatever can be called is there, and so is everything in the global tables. The
// attributes of objects are there when a script has one: the conformance cases read them.
func TestAPI(t *testing.T) {
	var chunk strings.Builder
	chunk.WriteString("local host = ...\nlocal log = host.bind('log')\n")
	for _, c := range api.Classes() {
		for _, m := range c.Members {
			p, err := api.Parse(m.Signature)
			if err != nil {
				t.Fatal(err)
			}
			place := "host.classes." + c.Name
			switch {
			case p.Kind == api.Method:
			case m.In&api.Body == 0 && p.Kind == api.Attribute: // there when the configuration has been read
				continue
			case c.Global:
				place = c.Name
			case inCore[c.Name] != "":
				place = inCore[c.Name]
			default:
				continue
			}
			fmt.Fprintf(&chunk, "if not (%s and %[1]s[%q] ~= nil) then log(6, %q) end\n", place, p.Name, c.Name+"."+p.Name)
		}
	}
	b, _ := newBridge(t, "", nil)
	m := b.images[0]
	var missing []string
	_, err := b.engine.NewImage(context.Background(), host.ImageConfig{
		Guest: lua54.Module, Prelude: append(m.prelude(), host.Chunk{Name: "=<test>", Source: chunk.String()}),
		Library: host.Libraries{newLibrary(m), host.Standard(host.StandardConfig{})},
		Log:     func(_ *host.Execution, _ host.Level, text string) { missing = append(missing, text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range missing {
		t.Errorf("%s is not there", row)
	}
}
