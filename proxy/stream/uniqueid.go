package stream

// UniqueID returns the identifier of the exchange that its frontend's unique-id-format makes, the same one however often
// it is asked for. It is empty where there is no format. It is valid until Reset.
func (s *Stream) UniqueID() []byte {
	if make := s.Frontend.UniqueID; make != nil && len(s.uniqueID) == 0 {
		s.uniqueID = make(s.uniqueID, s)
	}
	return s.uniqueID
}

// HasUniqueID reports whether anything has asked for the identifier.
func (s *Stream) HasUniqueID() bool { return len(s.uniqueID) > 0 }
