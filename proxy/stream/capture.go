package stream

// Captures are the values that rules keep of an exchange for its log line and for samples, in numbered slots. The zero
// value has none. Their memory is used again for the next exchange.
type Captures struct {
	slots []captured
}

type captured struct {
	value []byte
	set   bool
}

// Set keeps the first length bytes of value in a slot.
func (c *Captures) Set(slot, length int, value []byte) {
	for slot >= len(c.slots) {
		c.slots = append(c.slots, captured{})
	}
	s := &c.slots[slot]
	s.value, s.set = append(s.value[:0], value[:min(len(value), length)]...), true
}

// Get returns the value in a slot, and whether there is one. It is valid until the slot is set again.
func (c *Captures) Get(slot int) (value []byte, ok bool) {
	if slot < 0 || slot >= len(c.slots) || !c.slots[slot].set {
		return nil, false
	}
	return c.slots[slot].value, true
}

// Reset empties all slots.
func (c *Captures) Reset() {
	for i := range c.slots {
		c.slots[i].set = false
	}
}
