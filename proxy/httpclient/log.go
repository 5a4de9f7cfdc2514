package httpclient

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/stream"
)

// log writes the line of an exchange, in HAProxy's form for its own client.
func (x *exchange) log() {
	if x.client.config.Log == nil {
		return
	}
	secured := ""
	if x.target.secure {
		secured = "S"
	}
	var bytes int64
	stream.AddHead(&bytes, x.response.Head)
	total := time.Since(x.started).Milliseconds()
	x.client.config.Log(fmt.Appendf(nil, "-:- [%s] <HTTPCLIENT> <HTTPCLIENT>/<HTTP%sCLIENT> 0/0/%s/%s/%d %d %d - - %s-- 0/0/0/0/%d 0/0 {} %s",
		x.started.Format("02/Jan/2006:15:04:05.000"), secured, milliseconds(x.connectTime), milliseconds(x.responseTime), total,
		x.response.Status, bytes+x.received, x.state[:], x.tries, x.requestLine()))
}

// requestLine is the request as the log shows it, quoted; what could end the line is escaped as in all of HAProxy's logs.
func (x *exchange) requestLine() string {
	var b strings.Builder
	for _, c := range []byte(x.request.Method + " " + x.request.URL + " HTTP/1.1") {
		if c < ' ' || c >= 0x7f || c == '#' || c == '"' {
			fmt.Fprintf(&b, "#%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return `"` + b.String() + `"`
}

func milliseconds(d time.Duration) string {
	if d < 0 {
		return "-1"
	}
	return strconv.FormatInt(d.Milliseconds(), 10)
}
