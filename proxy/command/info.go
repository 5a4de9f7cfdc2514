package command

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"tidelock/proxy/counter"
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
			b = appendField(b, f.Number, f.Name, f.Tags, f.Value)
		}
		c.Write(append(b, "]\n"...))
	case slices.Contains(c.Args, "typed"):
		for _, f := range fields {
			c.Printf("%d.%s.1:%s:%s:%s\n", f.Number, f.Name, f.Tags, f.Value.Type, appendValue(nil, f.Value))
		}
	default:
		for _, f := range fields {
			c.Printf("%s: %s\n", f.Name, appendValue(nil, f.Value))
		}
	}
}

// The words that JSON has for the letters of tags.
var (
	origins = map[byte]string{'M': "Metric", 'S': "Status", 'K': "Key", 'C': "Config", 'P': "Product"}
	natures = map[byte]string{
		'A': "Age", 'a': "Avg", 'C': "Counter", 'D': "Duration", 'G': "Gauge", 'L': "Limit", 'M': "Max", 'm': "Min", 'N': "Name",
		'O': "Output", 'R': "Rate", 'T': "Time",
	}
	scopes = map[byte]string{'C': "Cluster", 'P': "Process", 'S': "Service", 's': "System"}
)

// appendField writes what follows the head of an object about one value.
func appendField(b []byte, number int, name, tags string, v counter.Value) []byte {
	b = append(b, `"field":{"pos":`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `,"name":"`+name+`"},"processNum":1,"tags":{"origin":"`+origins[tags[0]]+`","nature":"`+natures[tags[1]]+
		`","scope":"`+scopes[tags[2]]+`"},"value":{"type":"`+string(v.Type)+`","value":`...)
	if v.Type == counter.Str {
		text, err := json.Marshal(v.Text)
		if err != nil {
			text = []byte(`""`) // no text is refused
		}
		b = append(b, text...)
	} else {
		b = strconv.AppendInt(b, v.Number, 10)
	}
	return append(b, "}}"...)
}
