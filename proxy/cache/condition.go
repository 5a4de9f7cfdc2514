package cache

import (
	"strings"

	"tidelock/proxy/message"
)

// unchanged reports whether the client has the response already, as the conditions of its request say (RFC 9110,
// section 13.1).
func (e *entry) unchanged(r *message.Message) bool {
	if r.Find("if-none-match", -1) >= 0 {
		for tag := range strings.SplitSeq(joined(r, "if-none-match"), ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || e.etag != "" && weak(tag) == weak(e.etag) {
				return true
			}
		}
		return false
	}
	since, ok := parseDate(joined(r, "if-modified-since"))
	return ok && !e.modified.After(since)
}

func weak(tag string) string { return strings.TrimPrefix(tag, "W/") }
