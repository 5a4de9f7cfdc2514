package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// trace is a trace as it is drawn: its spans from top to bottom.
type trace struct {
	id    string
	spans []span
}

// span is a bar. Times are in microseconds since the trace began.
type span struct {
	service, name string
	depth         int // below the root
	start, lasted int64
	events        []int64
	failed        bool
	id, parent    string
	of            string // what it is about: a path, or the work of a script
}

// answer is Jaeger's, as far as it is drawn. Times are in microseconds.
type answer struct {
	Data []struct {
		TraceID string
		Spans   []struct {
			SpanID, OperationName, ProcessID string
			References                       []struct{ RefType, SpanID string }
			StartTime, Duration              int64
			Tags                             []tag
			Logs                             []struct{ Timestamp int64 }
		}
		Processes map[string]struct{ ServiceName string }
	}
}

type tag struct {
	Key   string
	Value any
}

// read takes the first trace of an answer.
func read(in io.Reader) (*trace, error) {
	var a answer
	decoder := json.NewDecoder(in)
	decoder.UseNumber()
	if err := decoder.Decode(&a); err != nil {
		return nil, fmt.Errorf("not an answer of Jaeger: %w", err)
	}
	if len(a.Data) == 0 || len(a.Data[0].Spans) == 0 {
		return nil, errors.New("no trace")
	}
	from := a.Data[0]
	t := &trace{id: from.TraceID}
	began := from.Spans[0].StartTime
	for _, s := range from.Spans {
		began = min(began, s.StartTime)
	}
	for _, s := range from.Spans {
		one := span{
			service: from.Processes[s.ProcessID].ServiceName, name: s.OperationName,
			start: s.StartTime - began, lasted: s.Duration, id: s.SpanID,
		}
		for _, r := range s.References {
			if r.RefType == "CHILD_OF" {
				one.parent = r.SpanID
			}
		}
		for _, l := range s.Logs {
			one.events = append(one.events, l.Timestamp-began)
		}
		one.describe(s.Tags)
		t.spans = append(t.spans, one)
	}
	t.order()
	return t, nil
}

// describe keeps what is written behind a span's name.
func (s *span) describe(tags []tag) {
	values := map[string]string{}
	for _, t := range tags {
		values[t.Key] = fmt.Sprint(t.Value)
	}
	s.failed = values["error"] == "true"
	switch {
	case values["tidelock.fuel"] != "":
		s.of = values["tidelock.fuel"] + " ticks"
	case values["url.path"] != "":
		s.of = values["url.path"]
		if query := values["url.query"]; query != "" {
			s.of += "?" + query
		}
	case values["url.full"] != "":
		s.of = values["url.full"]
	}
}

// order puts each span below its parent, those of one parent as they began. What has no parent here is a root.
func (t *trace) order() {
	known := map[string]bool{}
	for _, s := range t.spans {
		known[s.id] = true
	}
	below := map[string][]span{}
	for _, s := range t.spans {
		if !known[s.parent] {
			s.parent = ""
		}
		below[s.parent] = append(below[s.parent], s)
	}
	t.spans = t.spans[:0:0]
	var add func(parent string, depth int)
	add = func(parent string, depth int) {
		children := below[parent]
		delete(below, parent) // no cycle is followed twice
		slices.SortStableFunc(children, func(a, b span) int { return cmp.Compare(a.start, b.start) })
		for _, s := range children {
			s.depth = depth
			t.spans = append(t.spans, s)
			add(s.id, depth+1)
		}
	}
	add("", 0)
}
