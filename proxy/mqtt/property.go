package mqtt

// kind is how a property is written.
type kind uint8

const (
	unknown kind = iota
	boolean      // a byte, 0 or 1
	short        // two bytes
	count        // two bytes, not 0
	long         // four bytes
	size         // four bytes, not 0
	text         // bytes with their length before them
	pair         // two texts; may come more than once and is not kept
)

const (
	numProperties = 43
	userProperty  = 38
)

// The properties of version 5 that each list may have, by their identifiers.
var (
	connectProperties = [numProperties]kind{
		17: long, 21: text, 22: text, 23: boolean, 25: boolean, 33: count, 34: short, userProperty: pair, 39: size,
	}
	willProperties = [numProperties]kind{
		1: boolean, 2: long, 3: text, 8: text, 9: text, 24: long, userProperty: pair,
	}
	ackProperties = [numProperties]kind{
		17: long, 18: text, 19: short, 21: text, 22: text, 26: text, 28: text, 31: text, 33: count, 34: short, 36: boolean,
		37: boolean, userProperty: pair, 39: size, 40: boolean, 41: boolean, 42: boolean,
	}
)

// authentication data make no sense without a method.
const (
	authenticationMethod = 21
	authenticationData   = 22
)

// property is the value of one.
type property struct {
	given  bool
	number uint32
	text   []byte
}

type properties [numProperties]property

// read reads a list of properties with its length before it.
func (p *properties) read(r *reader, kinds [numProperties]kind) bool {
	n, ok := r.length()
	if !ok {
		return false
	}
	list, ok := r.take(n)
	if !ok {
		return false
	}
	for rest := reader(list); len(rest) > 0; {
		id, _ := rest.byte()
		if int(id) >= numProperties || kinds[id] == unknown || !p[id].read(&rest, kinds[id]) {
			return false
		}
	}
	return !p[authenticationData].given || p[authenticationMethod].given
}

func (p *property) read(r *reader, k kind) (ok bool) {
	if k == pair {
		_, name := r.bytes()
		_, content := r.bytes()
		return name && content
	}
	if p.given {
		return false
	}
	p.given = true
	switch k {
	case boolean:
		var b byte
		b, ok = r.byte()
		ok = ok && b <= 1
		p.number = uint32(b)
	case short, count:
		var n uint16
		n, ok = r.uint16()
		p.number = uint32(n)
	case long, size:
		p.number, ok = r.uint32()
	case text:
		p.text, ok = r.bytes()
	}
	return ok && (p.number != 0 || k != count && k != size)
}
