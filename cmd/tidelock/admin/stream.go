package admin

import (
	"encoding/json"
	"net/http"
	"time"
)

// Line is one line of GET /executions: a state of an execution, or how many were dropped because the client was too slow.
type Line struct {
	*Execution
	Missed int64 `json:"missed,omitempty"`
}

// writeTimeout is for a client to take what it asked for.
const writeTimeout = 30 * time.Second

// stream answers with executions as lines of JSON, as they go on, until the client leaves. The query is a Filter.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	filter, err := ParseFilter(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	viewer := s.Executions.View(filter)
	defer viewer.Close()
	w.Header().Set("Content-Type", "application/x-ndjson")
	control, encoder := http.NewResponseController(w), json.NewEncoder(w)
	if control.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case x := <-viewer.States():
			control.SetWriteDeadline(time.Now().Add(writeTimeout)) //nolint:errcheck // writing fails if this does
			if encoder.Encode(Line{Execution: &x}) != nil {
				return
			}
		}
		if len(viewer.States()) > 0 {
			continue
		}
		if missed := viewer.Missed(); missed > 0 && encoder.Encode(Line{Missed: missed}) != nil {
			return
		}
		if control.Flush() != nil {
			return
		}
	}
}
