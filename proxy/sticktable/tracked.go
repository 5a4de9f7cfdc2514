package sticktable

// Event is something that is counted for the entries that an exchange tracks.
type Event uint8

const (
	Connection Event = iota // tracking began
	Session                 // a connection passed the rules of tcp-request connection
	Request                 // an HTTP request began
	Error                   // the client's fault: an invalid or denied request, a response with a status of 4xx
	Failure                 // the server's fault: an invalid response, or a status of 5xx but 501 and 505
	BytesIn
	BytesOut
)

// counted are the data that each event changes: a sum and a rate.
var counted = [...][2]*DataType{
	Connection: {ConnCount, ConnRate},
	Session:    {SessCount, SessRate},
	Request:    {HTTPReqCount, HTTPReqRate},
	Error:      {HTTPErrCount, HTTPErrRate},
	Failure:    {HTTPFailCount, HTTPFailRate},
	BytesIn:    {BytesInCount, BytesInRate},
	BytesOut:   {BytesOutCount, BytesOutRate},
}

// Tracked is an entry that a session or an exchange tracks. The zero value tracks none. It belongs to one goroutine.
type Tracked struct{ entry *Entry }

// Counters is how many entries can be tracked at once: track-sc0 to track-sc2.
const Counters = 3

// Entry returns the entry, nil for none.
func (k *Tracked) Entry() *Entry { return k.entry }

// Start tracks the entry of a key, which is made if it does not exist. It has no effect while an entry is tracked
// already, or when the table is full.
func (k *Tracked) Start(t *Table, key []byte) {
	if k.entry != nil {
		return
	}
	if k.entry = t.hold(key); k.entry != nil {
		k.entry.Add(ConnCurrent, 0, 1)
		k.Count(Connection, 1)
	}
}

// Stop ends the tracking. The entry's time to live starts anew.
func (k *Tracked) Stop() {
	if k.entry == nil {
		return
	}
	k.entry.Add(ConnCurrent, 0, -1)
	k.entry.table.release(k.entry)
	k.entry = nil
}

// Count counts n events.
func (k *Tracked) Count(ev Event, n int64) {
	if k.entry == nil || n == 0 {
		return
	}
	for _, d := range counted[ev] {
		k.entry.Add(d, 0, n)
	}
}

// Users returns how many track the entry.
func (e *Entry) Users() int {
	e.table.mu.Lock()
	defer e.table.mu.Unlock()
	return e.users
}
