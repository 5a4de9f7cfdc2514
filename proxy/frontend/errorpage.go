package frontend

import (
	"tidelock/proxy/message"
)

// page is what HAProxy answers with a status of its own when nothing else is configured.
type page struct {
	reason string
	close  bool
	body   string
}

// pages are HAProxy 2.6's default answers, byte for byte: clients and tests of today's users may know them.
var pages = map[int]page{
	200: {"OK", false, "<html><body><h1>200 OK</h1>\nService ready.\n</body></html>\n"},
	400: {"Bad request", true, "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n"},
	401: {"Unauthorized", false, "<html><body><h1>401 Unauthorized</h1>\nYou need a valid user and password to access this content.\n</body></html>\n"},
	403: {"Forbidden", false, "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"},
	404: {"Not Found", false, "<html><body><h1>404 Not Found</h1>\nThe resource could not be found.\n</body></html>\n"},
	405: {"Method Not Allowed", false, "<html><body><h1>405 Method Not Allowed</h1>\nA request was made of a resource using a request method not supported by that resource\n</body></html>\n"},
	407: {"Unauthorized", false, "<html><body><h1>407 Unauthorized</h1>\nYou need a valid user and password to access this content.\n</body></html>\n"},
	408: {"Request Time-out", true, "<html><body><h1>408 Request Time-out</h1>\nYour browser didn't send a complete request in time.\n</body></html>\n"},
	410: {"Gone", false, "<html><body><h1>410 Gone</h1>\nThe resource is no longer available and will not be available again.\n</body></html>\n"},
	413: {"Payload Too Large", false, "<html><body><h1>413 Payload Too Large</h1>\nThe request entity exceeds the maximum allowed.\n</body></html>\n"},
	421: {"Misdirected Request", false, "<html><body><h1>421 Misdirected Request</h1>\nRequest sent to a non-authoritative server.\n</body></html>\n"},
	422: {"Unprocessable Content", false, "<html><body><h1>422 Unprocessable Content</h1>\nThe server cannot process the contained instructions.\n</body></html>\n"},
	425: {"Too Early", false, "<html><body><h1>425 Too Early</h1>\nYour browser sent early data.\n</body></html>\n"},
	429: {"Too Many Requests", false, "<html><body><h1>429 Too Many Requests</h1>\nYou have sent too many requests in a given amount of time.\n</body></html>\n"},
	500: {"Internal Server Error", false, "<html><body><h1>500 Internal Server Error</h1>\nAn internal server error occurred.\n</body></html>\n"},
	501: {"Not Implemented", false, "<html><body><h1>501 Not Implemented</h1>\n.The server does not support the functionality required to fulfill the request.\n</body></html>\n"},
	502: {"Bad Gateway", false, "<html><body><h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.\n</body></html>\n"},
	503: {"Service Unavailable", false, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n"},
	504: {"Gateway Time-out", false, "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>\n"},
}

// DefaultReply fills m, which must be empty, with the default answer for a status. A status without one gets that of
// 500, under its own code.
func DefaultReply(m *message.Message, status int) {
	p, ok := pages[status]
	if !ok {
		p = pages[500]
		p.reason = message.ReasonOf(status)
	}
	m.SetResponse(status, []byte(p.reason))
	m.Add("content-length", decimal(len(p.body)))
	m.Add("cache-control", []byte("no-cache"))
	m.Add("content-type", []byte("text/html"))
	if p.close {
		m.Add("connection", []byte("close"))
	}
	m.SetBody([]byte(p.body))
}
