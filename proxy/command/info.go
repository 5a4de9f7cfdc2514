package command

import (
	"slices"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/report"
	"tidelock/proxy/runtime"
)

// show info [typed|json] [float]
func (s *Statistics) showInfo(c *runtime.Call) {
	fields := slices.DeleteFunc(s.Process.Info(time.Now()), func(f counter.Field) bool { return f.Value.Type == "" })
	switch {
	case slices.Contains(c.Args, "json"):
		b := []byte{'['}
		for i, f := range fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '{')
			b = report.AppendField(b, f.Number, f.Name, f.Tags, f.Value)
		}
		c.Write(append(b, "]\n"...))
	case slices.Contains(c.Args, "typed"):
		for _, f := range fields {
			c.Printf("%d.%s.1:%s:%s:%s\n", f.Number, f.Name, f.Tags, f.Value.Type, report.AppendValue(nil, f.Value))
		}
	default:
		for _, f := range fields {
			c.Printf("%s: %s\n", f.Name, report.AppendValue(nil, f.Value))
		}
	}
}
