package cache

import (
	"strconv"
	"strings"

	"tidelock/proxy/message"
)

// encodings are the registered content codings (IANA, HTTP parameters).
var encodings = map[string]bool{
	"aes128gcm": true, "br": true, "compress": true, "deflate": true, "exi": true, "gzip": true, "identity": true,
	"pack200-gzip": true, "x-compress": true, "x-gzip": true, "zstd": true,
}

// encodingOf returns the content codings of a response as a list, "identity" without any, and "" when one is unknown.
func encodingOf(r *message.Message) string {
	list := strings.ToLower(strings.ReplaceAll(joined(r, "content-encoding"), " ", ""))
	if list == "" {
		return "identity"
	}
	for name := range strings.SplitSeq(list, ",") {
		if !encodings[name] {
			return ""
		}
	}
	return list
}

// accepts reports whether a client that sent this Accept-Encoding takes a body in all of these codings (RFC 9110,
// section 12.5.3).
func accepts(header, codings string) bool {
	for coding := range strings.SplitSeq(codings, ",") {
		if !acceptsOne(header, coding) {
			return false
		}
	}
	return true
}

func acceptsOne(header, coding string) bool {
	accepted := coding == "identity"
	for item := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		weight := 1.0
		if q, isWeight := strings.CutPrefix(strings.TrimSpace(parameters), "q="); isWeight {
			weight, _ = strconv.ParseFloat(strings.TrimSpace(q), 64)
		}
		switch name {
		case coding, "x-" + coding:
			return weight > 0
		case "*":
			accepted = weight > 0
		}
	}
	return accepted
}
