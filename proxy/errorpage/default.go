package errorpage

import (
	"strconv"

	"tidelock/proxy/message"
)

// Default is what HAProxy answers with a status of its own when nothing else is configured.
type Default struct {
	Reason string
	Body   string
	Closes bool // the answer says that the connection is closed
}

// defaults are HAProxy 2.6's default answers, byte for byte: clients and tests of today's users may know them.
var defaults = map[int]Default{
	200: {"OK", "<html><body><h1>200 OK</h1>\nService ready.\n</body></html>\n", false},
	400: {"Bad request", "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n", true},
	401: {"Unauthorized", "<html><body><h1>401 Unauthorized</h1>\nYou need a valid user and password to access this content.\n</body></html>\n", false},
	403: {"Forbidden", "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n", false},
	404: {"Not Found", "<html><body><h1>404 Not Found</h1>\nThe resource could not be found.\n</body></html>\n", false},
	405: {"Method Not Allowed", "<html><body><h1>405 Method Not Allowed</h1>\nA request was made of a resource using a request method not supported by that resource\n</body></html>\n", false},
	407: {"Unauthorized", "<html><body><h1>407 Unauthorized</h1>\nYou need a valid user and password to access this content.\n</body></html>\n", false},
	408: {"Request Time-out", "<html><body><h1>408 Request Time-out</h1>\nYour browser didn't send a complete request in time.\n</body></html>\n", true},
	410: {"Gone", "<html><body><h1>410 Gone</h1>\nThe resource is no longer available and will not be available again.\n</body></html>\n", false},
	413: {"Payload Too Large", "<html><body><h1>413 Payload Too Large</h1>\nThe request entity exceeds the maximum allowed.\n</body></html>\n", false},
	421: {"Misdirected Request", "<html><body><h1>421 Misdirected Request</h1>\nRequest sent to a non-authoritative server.\n</body></html>\n", false},
	422: {"Unprocessable Content", "<html><body><h1>422 Unprocessable Content</h1>\nThe server cannot process the contained instructions.\n</body></html>\n", false},
	425: {"Too Early", "<html><body><h1>425 Too Early</h1>\nYour browser sent early data.\n</body></html>\n", false},
	429: {"Too Many Requests", "<html><body><h1>429 Too Many Requests</h1>\nYou have sent too many requests in a given amount of time.\n</body></html>\n", false},
	500: {"Internal Server Error", "<html><body><h1>500 Internal Server Error</h1>\nAn internal server error occurred.\n</body></html>\n", false},
	501: {"Not Implemented", "<html><body><h1>501 Not Implemented</h1>\n.The server does not support the functionality required to fulfill the request.\n</body></html>\n", false},
	502: {"Bad Gateway", "<html><body><h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.\n</body></html>\n", false},
	503: {"Service Unavailable", "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n", false},
	504: {"Gateway Time-out", "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>\n", false},
}

// DefaultOf returns the default answer for a status. A status without one has that of 500, under its own reason.
func DefaultOf(status int) Default {
	d, ok := defaults[status]
	if !ok {
		d = defaults[500]
		d.Reason = message.ReasonOf(status)
	}
	return d
}

// Fill makes m, which must be empty, the default answer for a status.
func Fill(m *message.Message, status int) {
	d := DefaultOf(status)
	m.SetResponse(status, []byte(d.Reason))
	m.Add("content-length", strconv.AppendInt(make([]byte, 0, 20), int64(len(d.Body)), 10))
	m.Add("cache-control", []byte("no-cache"))
	m.Add("content-type", []byte("text/html"))
	if d.Closes {
		m.Add("connection", []byte("close"))
	}
	m.SetBody([]byte(d.Body))
}
