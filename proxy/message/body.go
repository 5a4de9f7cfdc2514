package message

// SetBody gives a generated message its body, as one block. A body that is received is not kept in the message: it
// flows through the codec. It does not count towards the message's limit.
func (m *Message) SetBody(body []byte) {
	m.EndHeaders()
	for i := m.end + 1; i < len(m.blocks); i++ {
		if m.blocks[i].kind == data {
			m.body = 0
			m.drop(i)
		}
	}
	if len(body) > 0 {
		m.blocks = append(m.blocks, block{kind: data, value: m.keep(body)})
		m.body = len(body)
	}
}

// Body returns the body of a generated message, or nil.
func (m *Message) Body() []byte {
	for i := m.end + 1; i < len(m.blocks); i++ {
		if m.blocks[i].kind == data {
			return m.bytes(m.blocks[i].value)
		}
	}
	return nil
}
