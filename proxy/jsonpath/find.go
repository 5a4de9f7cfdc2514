package jsonpath

// Kind is what a Token is.
type Kind uint8

const (
	Null Kind = iota
	Bool
	Number
	String
	Object // begins
	Array  // begins
)

// Token is a value of a document.
type Token struct {
	Kind Kind
	Text []byte // as the document has it, a string without its quotes
}

// Find returns the value that p leads to in document, if it is there and is neither an object nor an array.
func (p Path) Find(document []byte) (Token, bool) {
	if p == nil {
		return Token{}, false
	}
	r := reader{text: document}
	return r.find(p)
}

// reader reads a document. It stops at the first fault.
type reader struct {
	text []byte
	at   int
}

// find reads a value, and looks for the one that p leads to in it.
func (r *reader) find(p Path) (Token, bool) {
	for {
		token, ok := r.token()
		if !ok {
			return token, false
		}
		if len(p) == 0 {
			return token, token.Kind != Object && token.Kind != Array
		}
		switch s := p[0]; {
		case token.Kind == Object && s.key != "":
			ok = r.member(s.key)
		case token.Kind == Array && s.key == "":
			ok = r.element(s.index)
		default:
			return token, false
		}
		if !ok {
			return token, false
		}
		p = p[1:]
	}
}

// member goes on to the value of the first member called key of the object that has begun.
func (r *reader) member(key string) bool {
	for first := true; ; first = false {
		if !r.separator(first, '}') {
			return false
		}
		name, ok := r.token()
		if !ok || name.Kind != String || !r.accept(':') {
			return false
		}
		if string(name.Text) == key {
			return true
		}
		if !r.skip(1) {
			return false
		}
	}
}

// element goes on to the element with an index of the array that has begun.
func (r *reader) element(index int) bool {
	for i := 0; ; i++ {
		if !r.separator(i == 0, ']') {
			return false
		}
		if i == index {
			return true
		}
		if !r.skip(1) {
			return false
		}
	}
}

// separator goes on to the next part of an object or array. It reports false at its end.
func (r *reader) separator(first bool, end byte) bool {
	if first {
		return r.peek() != end
	}
	return r.accept(',')
}

// skip reads a value that is nested so deep.
func (r *reader) skip(depth int) bool {
	token, ok := r.token()
	if !ok || token.Kind < Object {
		return ok
	}
	if depth == maxDepth {
		return false
	}
	end := byte('}')
	if token.Kind == Array {
		end = ']'
	}
	if r.accept(end) {
		return true
	}
	for {
		if token.Kind == Object {
			name, ok := r.token()
			if !ok || name.Kind != String || !r.accept(':') {
				return false
			}
		}
		if !r.skip(depth + 1) {
			return false
		}
		if r.accept(end) {
			return true
		}
		if !r.accept(',') {
			return false
		}
	}
}

// peek returns the next byte that is no white space, 0 at the end.
func (r *reader) peek() byte {
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (r *reader) accept(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.at++
	return true
}

// token reads a scalar, or the bracket that opens an object or array.
func (r *reader) token() (Token, bool) {
	switch c := r.peek(); {
	case c == '{':
		r.at++
		return Token{Kind: Object}, true
	case c == '[':
		r.at++
		return Token{Kind: Array}, true
	case c == '"':
		return r.string()
	case c == '-', '0' <= c && c <= '9':
		return r.number(), true
	case c == 't':
		return r.word("true", Bool)
	case c == 'f':
		return r.word("false", Bool)
	case c == 'n':
		return r.word("null", Null)
	}
	return Token{}, false
}

func (r *reader) word(word string, kind Kind) (Token, bool) {
	start := r.at
	r.at = min(start+len(word), len(r.text))
	text := r.text[start:r.at]
	return Token{kind, text}, string(text) == word
}
