// Package message represents one HTTP request or response as a list of typed blocks in order: a start line, headers,
// the end of the headers, and for generated messages a body. It is what rules change, samples and scripts read and the
// codecs parse and write, whatever the version of HTTP on the wire.
//
// Header names are lower case inside. A Message is built to be reused: its bytes live in one arena and Reset keeps it,
// so that a connection parses any number of messages without an allocation.
package message

// kind is the type of a block.
type kind uint8

const (
	unused       kind = iota // removed; skipped by every iteration, so that the indexes of others stay
	requestLine              // method and URI
	statusLine               // reason; the status is a field of the message
	header                   // name and value
	endOfHeaders             // no bytes
	data                     // a piece of the body
	trailer                  // name and value, after the body
)

// span is a range of the arena.
type span struct{ off, len uint32 }

type block struct {
	kind        kind
	name, value span // requestLine: method and URI. statusLine: value is the reason. data: value.
}

// Message is one HTTP request or response. The zero value is empty and ready; it is not safe for concurrent use.
//
// Methods that take names, values or parts of the start line refuse, by returning false and changing nothing, what would
// break the message in two on the wire, and what would exceed its limit.
//
// Slices that its methods return alias the arena: they stay valid, with unchanged content, until Reset, even when the
// block that they came from is replaced or removed. They must not be written to.
type Message struct {
	arena        []byte
	blocks       []block
	end          int // index of the endOfHeaders block, or len(blocks) while there is none
	live         int // bytes of the arena that blocks refer to
	body         int // those of them that are body
	removed      int // unused blocks
	limit        int // most that Size may become, 0 for none
	status       int
	major, minor uint8
}

// mostKept bounds the arena that a message keeps for its next use: one large generated body must not stay for as long
// as its connection.
const mostKept = 64 << 10

// Reset empties m and keeps its memory, within bounds, and its limit. Slices taken from m before are no longer valid.
func (m *Message) Reset() {
	m.arena = m.arena[:0]
	if cap(m.arena) > mostKept {
		m.arena = nil
	}
	m.blocks = m.blocks[:0]
	m.end, m.live, m.body, m.removed, m.status = 0, 0, 0, 0, 0
	m.major, m.minor = 0, 0
}

// SetLimit bounds the bytes of start line, names and values together; 0 means no bound.
func (m *Message) SetLimit(n int) { m.limit = n }

// Size returns the bytes of start line, names and values together: what a limit is for.
func (m *Message) Size() int { return m.live - m.body }

// Empty reports whether m has no start line: nothing was parsed or generated yet.
func (m *Message) Empty() bool { return len(m.blocks) == 0 }

// IsRequest reports whether m starts with a request line.
func (m *Message) IsRequest() bool { return len(m.blocks) > 0 && m.blocks[0].kind == requestLine }

// IsResponse reports whether m starts with a status line.
func (m *Message) IsResponse() bool { return len(m.blocks) > 0 && m.blocks[0].kind == statusLine }

// Blocks returns the number of blocks, unused ones included.
func (m *Message) Blocks() int { return len(m.blocks) }

// EndHeaders marks the end of the header section. Headers that are added later are put before it.
func (m *Message) EndHeaders() {
	if m.end == len(m.blocks) {
		m.blocks = append(m.blocks, block{kind: endOfHeaders})
		m.end = len(m.blocks) - 1
	}
}

// Clone returns a copy of m that shares no memory with it.
func (m *Message) Clone() *Message {
	c := *m
	c.arena = append([]byte(nil), m.arena...)
	c.blocks = append([]block(nil), m.blocks...)
	return &c
}

// CopyFrom makes m a copy of other, in m's own memory and under m's own limit.
func (m *Message) CopyFrom(other *Message) {
	arena, blocks, limit := m.arena, m.blocks, m.limit
	*m = *other
	m.arena = append(arena[:0], other.arena...)
	m.blocks = append(blocks[:0], other.blocks...)
	m.limit = limit
}

func (m *Message) bytes(s span) []byte {
	return m.arena[s.off : s.off+s.len : s.off+s.len]
}

// room reports whether n more bytes may become live while freed ones are given back, and makes place for them.
func (m *Message) room(n, freed int) bool {
	if m.limit > 0 && m.live-m.body-freed+n > m.limit {
		return false
	}
	if garbage := len(m.arena) - m.live; garbage > 4096 && garbage > m.live {
		m.compact(n)
	}
	return true
}

// compact moves what is live to a fresh arena. The old one is left to slices that callers still hold.
func (m *Message) compact(extra int) {
	arena := make([]byte, 0, 2*m.live+extra+1024)
	move := func(s *span) {
		off := len(arena)
		arena = append(arena, m.bytes(*s)...)
		s.off = uint32(off)
	}
	for i := range m.blocks {
		if b := &m.blocks[i]; b.kind != unused {
			move(&b.name)
			move(&b.value)
		}
	}
	m.arena = arena
}

// keep copies b into the arena.
func (m *Message) keep(b []byte) span {
	s := span{uint32(len(m.arena)), uint32(len(b))}
	m.arena = append(m.arena, b...)
	m.live += len(b)
	return s
}

// keepLower copies a header name into the arena in lower case.
func (m *Message) keepLower(name string) span {
	s := span{uint32(len(m.arena)), uint32(len(name))}
	for i := 0; i < len(name); i++ {
		m.arena = append(m.arena, lower[name[i]])
	}
	m.live += len(name)
	return s
}

// keepLowerBytes is keepLower for a name that a codec found.
func (m *Message) keepLowerBytes(name []byte) span {
	s := m.keep(name)
	kept := m.bytes(s)
	for i, c := range kept {
		kept[i] = lower[c]
	}
	return s
}

// insert puts a header block where the header section ends and returns its index.
func (m *Message) insert(b block) int {
	if m.removed >= mostUnused {
		m.sweep()
	}
	i := m.end
	m.blocks = append(m.blocks, b)
	if i < len(m.blocks)-1 {
		copy(m.blocks[i+1:], m.blocks[i:])
		m.blocks[i] = b
	}
	m.end++
	return i
}

// drop makes block i unused.
func (m *Message) drop(i int) {
	b := &m.blocks[i]
	m.live -= int(b.name.len + b.value.len)
	*b = block{}
	m.removed++
}

// mostUnused bounds the unused blocks of a message that is rewritten without end. Below it indexes never move.
const mostUnused = 256

// sweep takes the unused blocks out.
func (m *Message) sweep() {
	kept := m.blocks[:0]
	end := m.end
	for i, b := range m.blocks {
		if i == m.end {
			end = len(kept)
		}
		if b.kind != unused {
			kept = append(kept, b)
		}
	}
	if m.end == len(m.blocks) {
		end = len(kept)
	}
	m.blocks, m.end, m.removed = kept, end, 0
}
