package report

import (
	"encoding/json"
	"strconv"

	"tidelock/proxy/counter"
)

// The words that JSON has for the letters of tags.
var (
	Origins = map[byte]string{'M': "Metric", 'S': "Status", 'K': "Key", 'C': "Config", 'P': "Product"}
	Natures = map[byte]string{
		'A': "Age", 'a': "Avg", 'C': "Counter", 'D': "Duration", 'G': "Gauge", 'L': "Limit", 'M': "Max", 'm': "Min", 'N': "Name",
		'O': "Output", 'R': "Rate", 'T': "Time",
	}
	Scopes = map[byte]string{'C': "Cluster", 'P': "Process", 'S': "Service", 's': "System"}
)

// AppendField writes what follows the head of an object about one value.
func AppendField(b []byte, number int, name, tags string, v counter.Value) []byte {
	b = append(b, `"field":{"pos":`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `,"name":"`+name+`"},"processNum":1,"tags":{"origin":"`+Origins[tags[0]]+`","nature":"`+Natures[tags[1]]+
		`","scope":"`+Scopes[tags[2]]+`"},"value":{"type":"`+string(v.Type)+`","value":`...)
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
