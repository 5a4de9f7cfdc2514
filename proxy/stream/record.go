package stream

import (
	"time"

	"tidelock/proxy/message"
)

// Record is what happened to a stream, in the terms of HAProxy's logs (manual, sections 8.4 and 8.5). The proxy fills it
// while the exchange goes on; it is complete when the log function is called.
type Record struct {
	Status       int   // status sent to the client, -1 when none was (%ST), 0 in TCP
	BytesIn      int64 // from the client (%U): see AddHead
	BytesOut     int64 // for the client (%B): see AddHead
	Retries      int   // connections to servers that failed and were tried again (%rc)
	Redispatched bool  // one of them went to another server (a plus sign before %rc)
	Queued       Queued
	Reused       bool // the server's connection had carried an exchange before
	Received     bool // the client sent something, be it no request
	Early        bool // the log line is written before the exchange ends (option logasap)
	Timers       Timers
	Termination  Termination

	// RequestCookie and ResponseCookie say what became of the persistence cookie; 0 where the backend manages none.
	RequestCookie  CookieFound
	ResponseCookie CookieDone
}

// headOverhead is what HAProxy counts for a head beside its texts: the fixed part of a start line, and the end.
const headOverhead = 20 + 1

// AddHead counts the head of a message as HAProxy does. Its logs do not give the bytes of the wire but those of its
// own representation of messages, which separators are not part of: the texts of start line and headers with a constant
// for the start line, then the body without the framing of its chunks, and one for the end of chunks.
func AddHead(bytes *int64, m *message.Message) {
	*bytes += headOverhead + int64(len("HTTP/1.1")+m.Size())
	if m.IsResponse() {
		*bytes += int64(len("200"))
	}
}

// Timers are the phases of a stream. A phase that was not reached is NotReached.
type Timers struct {
	Handshake time.Duration // from accept to the end of the PROXY header and of the TLS handshake, 0 for later exchanges (%Th)
	Idle      time.Duration // between the previous exchange's end and the first byte of this one (%Ti)
	Request   time.Duration // from the first byte to the end of the request's headers (%TR)
	Queue     time.Duration // waiting for a connection slot (%Tw)
	Connect   time.Duration // connecting to the server, 0 on a reused connection (%Tc)
	Response  time.Duration // from the request sent to the response's headers (%Tr)
	Active    time.Duration // from the first byte of the request to the last of the response (%Ta)
	Total     time.Duration // Idle and Active together; in TCP from accept to close (%Tt)
}

// Queued is how many requests were to be served before this one when it was queued.
type Queued struct {
	Server, Backend int64 // %sq, %bq
}

// NotReached is the timer of a phase that the stream did not come to.
const NotReached time.Duration = -1

// Termination is the pair of characters by which HAProxy's logs say how a stream ended (manual, section 8.5).
type Termination struct {
	Cause Cause
	Phase Phase
}

// Cause is what ended a stream.
type Cause byte

const (
	Normal        Cause = '-'
	ClientAborted Cause = 'C' // the client closed or reset
	ServerAborted Cause = 'S' // the server refused, closed or reset
	ProxyDenied   Cause = 'P' // a rule, or a limit of the protocol
	Local         Cause = 'L' // answered by the proxy itself
	Resource      Cause = 'R'
	Internal      Cause = 'I'
	ClientTimeout Cause = 'c'
	ServerTimeout Cause = 's'
	Killed        Cause = 'K' // cut when the proxy stopped
)

// Phase is how far a stream was when it ended.
type Phase byte

const (
	Done           Phase = '-'
	InRequest      Phase = 'R'
	InQueue        Phase = 'Q'
	InConnect      Phase = 'C'
	InHeaders      Phase = 'H' // waiting for the response's headers
	InTarpit       Phase = 'T'
	InData         Phase = 'D'
	InLastTransfer Phase = 'L' // the server has sent everything, the client not yet received it
)

// NewRecord returns the record of a stream that has not got anywhere yet.
func NewRecord() Record {
	return Record{
		Status: -1,
		Timers: Timers{
			Request: NotReached, Queue: NotReached, Connect: NotReached, Response: NotReached,
			Active: NotReached, Total: NotReached,
		},
		Termination: Termination{Normal, Done},
	}
}

// End notes how the stream ended; the first reason given stays.
func (r *Record) End(cause Cause, phase Phase) {
	if r.Termination.Cause == Normal {
		r.Termination = Termination{cause, phase}
	}
}

// String returns the two characters.
func (t Termination) String() string { return string([]byte{byte(t.Cause), byte(t.Phase)}) }
