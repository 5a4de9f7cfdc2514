package stream

// privateValue is what the scripts of one owner keep with txn:set_priv: opaque bytes, by value, so that it can cross instances.
type privateValue struct {
	owner string
	value []byte
}

// Private returns the place of what the scripts of an owner keep, empty until they do. It is valid until the next call.
func (s *Stream) Private(owner string) *[]byte {
	for i := range s.private {
		if s.private[i].owner == owner {
			return &s.private[i].value
		}
	}
	s.private = append(s.private, privateValue{owner: owner})
	return &s.private[len(s.private)-1].value
}
