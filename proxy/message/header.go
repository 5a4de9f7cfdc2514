package message

// First returns the index of the first header, or -1. The idiom is
//
//	for i := m.First(); i >= 0; i = m.Next(i) { ... m.Name(i) ... m.Value(i) ... }
//
// in which headers may be replaced and removed; those that are added come last and are met by the loop. Indexes hold
// while a message has seen fewer than 256 removals; an addition after those may move them.
func (m *Message) First() int { return m.Next(-1) }

// Next returns the index of the header after block i, or -1.
func (m *Message) Next(i int) int {
	for i++; i < m.end; i++ {
		if m.blocks[i].kind == header {
			return i
		}
	}
	return -1
}

// Name returns the name of header i in lower case.
func (m *Message) Name(i int) []byte { return m.bytes(m.blocks[i].name) }

// Value returns the value of header i without surrounding white space.
func (m *Message) Value(i int) []byte { return m.bytes(m.blocks[i].value) }

// Find returns the index of the next header called name, in any case, after block from, or -1. A search starts with
// from -1.
func (m *Message) Find(name string, from int) int {
	for i := from + 1; i < m.end; i++ {
		if b := &m.blocks[i]; b.kind == header && int(b.name.len) == len(name) && m.named(b, name) {
			return i
		}
	}
	return -1
}

// FindLast returns the index of the last header called name before block before, or -1. A search starts with
// before Blocks().
func (m *Message) FindLast(name string, before int) int {
	for i := min(before, m.end) - 1; i >= 0; i-- {
		if b := &m.blocks[i]; b.kind == header && int(b.name.len) == len(name) && m.named(b, name) {
			return i
		}
	}
	return -1
}

func (m *Message) named(b *block, name string) bool {
	own := m.bytes(b.name)
	for i := range own {
		if own[i] != lower[name[i]] {
			return false
		}
	}
	return true
}

// Add appends a header.
func (m *Message) Add(name string, value []byte) bool {
	if !isToken(name) || !isText(value) || !m.room(len(name)+len(value), 0) {
		return false
	}
	m.insert(block{kind: header, name: m.keepLower(name), value: m.keep(value)})
	return true
}

// Set removes every header called name and adds one.
func (m *Message) Set(name string, value []byte) bool {
	freed := 0
	for i := m.Find(name, -1); i >= 0; i = m.Find(name, i) {
		freed += int(m.blocks[i].name.len + m.blocks[i].value.len)
	}
	if !isToken(name) || !isText(value) || !m.room(len(name)+len(value), freed) {
		return false
	}
	m.Delete(name)
	m.insert(block{kind: header, name: m.keepLower(name), value: m.keep(value)})
	return true
}

// Delete removes every header called name and returns how many there were.
func (m *Message) Delete(name string) int {
	n := 0
	for i := m.Find(name, -1); i >= 0; i = m.Find(name, i) {
		m.drop(i)
		n++
	}
	return n
}

// Remove removes header i. Indexes of other headers stay valid.
func (m *Message) Remove(i int) { m.drop(i) }

// Replace gives header i another value.
func (m *Message) Replace(i int, value []byte) bool {
	old := int(m.blocks[i].value.len)
	if !isText(value) || !m.room(len(value), old) {
		return false
	}
	m.live -= old
	m.blocks[i].value = m.keep(value)
	return true
}

// AddTrailer appends a trailer, which the codec sends after a chunked body.
func (m *Message) AddTrailer(name string, value []byte) bool {
	if !isToken(name) || !isText(value) || !m.room(len(name)+len(value), 0) {
		return false
	}
	m.EndHeaders()
	m.blocks = append(m.blocks, block{kind: trailer, name: m.keepLower(name), value: m.keep(value)})
	return true
}

// NextTrailer returns the index of the trailer after block i, or -1. Name and Value work on it.
func (m *Message) NextTrailer(i int) int {
	for i = max(i+1, m.end); i < len(m.blocks); i++ {
		if m.blocks[i].kind == trailer {
			return i
		}
	}
	return -1
}

// Append is Add for codecs: it refuses nothing, since what they read is checked and bounded already, and takes the name
// as bytes. It returns the index of the header.
func (m *Message) Append(name, value []byte) int {
	return m.insert(block{kind: header, name: m.keepLowerBytes(name), value: m.keep(value)})
}

// AppendTrailer is Append for a trailer.
func (m *Message) AppendTrailer(name, value []byte) {
	m.EndHeaders()
	m.blocks = append(m.blocks, block{kind: trailer, name: m.keepLowerBytes(name), value: m.keep(value)})
}
